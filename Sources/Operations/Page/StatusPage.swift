import Cryptography
import HTTPTypes
import Hummingbird
import NIOCore
import Records

/// The status page: one document that loads nothing else, and shows what `/v1/status` tells.
///
/// It holds no data of its own, so that anyone may have it; what it asks for needs a token where one is configured.
struct StatusPage {
    private static let document = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Fieldseal</title>
        <link rel="icon" href="data:,">
        <style>\(style)</style>
        </head>
        <body>
        <a class="skip" href="#pairs">Skip to the pairs</a>
        <header><h1>Fieldseal</h1><p id="about"></p><p id="summary" role="status"></p></header>
        <main>
        <form id="login" hidden>
        <label for="token">Token</label>
        <input id="token" type="password" autocomplete="off" required>
        <button>Sign in</button>
        <p id="refused" role="alert"></p>
        </form>
        <p id="notice" role="alert"></p>
        <p id="configuration" role="alert"></p>
        <section id="pairs" aria-label="Pairs"></section>
        <section id="kms" hidden><h2>Key management</h2>
        <div class="wide" tabindex="0" role="region" aria-label="Table of KMS"><table>
        <thead><tr><th scope="col">KMS</th><th scope="col">state</th><th scope="col">calls</th>
        <th scope="col">failed</th><th scope="col">mean time</th></tr></thead><tbody></tbody></table></div></section>
        <section id="keys" hidden><h2>Data keys in memory</h2>
        <div class="wide" tabindex="0" role="region" aria-label="Table of data keys"><table>
        <thead><tr><th scope="col">wrapped by</th><th scope="col">version</th><th scope="col">for</th>
        <th scope="col">topic</th><th scope="col">algorithm</th><th scope="col">age</th><th scope="col">seals</th></tr></thead>
        <tbody></tbody></table></div></section>
        </main>
        <dialog id="ask" aria-labelledby="question"><form>
        <h2 id="question"></h2>
        <label id="ttlLabel" for="ttl">Minutes</label>
        <input id="ttl" type="number" min="1" max="10080" value="15">
        <label for="reason">Why (it is put on record)</label>
        <input id="reason" required maxlength="300" autocomplete="off">
        <div class="row"><button id="confirm">Confirm</button><button id="cancel" type="button">Cancel</button></div>
        </form></dialog>
        <script>\(script)</script>
        </body>
        </html>

        """

    /// Nothing but this very style and script, and requests to where the page came from.
    private static let policy = [
        "default-src 'none'", "script-src 'sha256-\(hash(script))'", "style-src 'sha256-\(hash(style))'",
        "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    private static let body = ByteBuffer(string: document)

    /// The page as it is sent.
    static var response: Response {
        Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8", .contentSecurityPolicy: policy],
            body: .init(byteBuffer: body))
    }

    private static func hash(_ text: String) -> String {
        var text = text
        return text.withUTF8 { SHA256.digest(UnsafeRawBufferPointer($0)).withUnsafeBytes { Base64.encode($0) } }
    }
}
