"""Drives the status page in headless Chromium over the DevTools protocol, as a person would, and says what it sees.

Reads one JSON object a line, {"do": ..., ...}, and answers each with one:
  open url | text selector | wait text | press label | type selector text | shot file width height dark | evaluate script
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

WAIT = 60


class Browser:
    """A Chromium that is spoken to through a pipe: descriptors 3 and 4, messages that end in a zero byte."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="fieldseal-chromium-")
        to_browser, self.out = os.pipe()
        self.incoming, from_browser = os.pipe()

        def place():
            # 3 and 4 may be taken by the very ends that go there.
            first, second = os.dup(to_browser), os.dup(from_browser)
            high = [os.dup2(first, 103), os.dup2(second, 104)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-extensions", "--disable-background-networking", "--remote-debugging-pipe",
             f"--user-data-dir={self.profile}", "about:blank"],
            preexec_fn=place, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.rest = b""
        self.number = 0
        self.violations = []
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Audits"):
            self.call(f"{domain}.enable")

    def close(self):
        try:
            self.send("Browser.close", {}, None)
            self.process.wait(10)
        except Exception:
            self.process.kill()
        shutil.rmtree(self.profile, ignore_errors=True)

    def send(self, method, parameters, session):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        return self.number

    def receive(self):
        while b"\0" not in self.rest:
            chunk = os.read(self.incoming, 65536)
            if not chunk:
                raise RuntimeError("chromium has gone")
            self.rest += chunk
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, parameters=None):
        number = self.send(method, parameters or {}, getattr(self, "session", None))
        while True:
            message = self.receive()
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.note(message)

    def note(self, message):
        """Keeps what the page's policy forbade and what its script failed at."""
        if message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
            text = message["params"]["entry"]["text"]
            # A refused token is one of the things that are tried.
            if "401" not in text:
                self.violations.append(text)
        if message.get("method") == "Runtime.exceptionThrown":
            self.violations.append(json.dumps(message["params"]["exceptionDetails"])[:500])

    def evaluate(self, script):
        result = self.call(
            "Runtime.evaluate", {"expression": script, "returnByValue": True, "awaitPromise": True})
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"])[:500])
        return result["result"].get("value")

    def wait(self, script):
        end = time.monotonic() + WAIT
        while not self.evaluate(script):
            if time.monotonic() > end:
                raise RuntimeError(f"did not come to hold: {script}\n{self.evaluate('document.body.innerText')}")
            time.sleep(0.05)


VISIBLE = "(element => element.checkVisibility())"


def do(browser, step):
    verb = step["do"]
    if verb == "open":
        browser.call("Page.navigate", {"url": step["url"]})
        browser.wait("document.readyState === 'complete' && location.href !== 'about:blank'")
    elif verb == "text":
        return browser.evaluate("document.body.innerText")
    elif verb == "wait":
        browser.wait(f"document.body.innerText.includes({json.dumps(step['text'])})")
    elif verb == "wait gone":
        browser.wait(f"!document.body.innerText.includes({json.dumps(step['text'])})")
    elif verb == "press":
        find = (f"[...document.querySelectorAll('button')].find(button => {VISIBLE}(button) && "
                f"button.textContent === {json.dumps(step['label'])})")
        browser.wait(f"Boolean({find})")
        # By the keyboard, since some people have nothing else.
        browser.evaluate(f"{find}.focus()")
        for kind in ("keyDown", "keyUp"):
            browser.call("Input.dispatchKeyEvent", {
                "type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"})
    elif verb == "type":
        browser.wait(f"{VISIBLE}(document.querySelector({json.dumps(step['selector'])}))")
        browser.evaluate(f"document.querySelector({json.dumps(step['selector'])}).focus()")
        browser.call("Input.insertText", {"text": step["text"]})
    elif verb == "buttons":
        return browser.evaluate(
            f"[...document.querySelectorAll('button')].filter({VISIBLE}).map(button => button.textContent)")
    elif verb == "shot":
        browser.call("Emulation.setDeviceMetricsOverride", {
            "width": step["width"], "height": step["height"], "deviceScaleFactor": 1, "mobile": False})
        browser.call("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": "dark" if step.get("dark") else "light"}]})
        browser.evaluate("window.scrollTo(0, 0)")
        wide = browser.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        image = base64.b64decode(browser.call("Page.captureScreenshot", {"format": "png"})["data"])
        if "file" in step:
            with open(step["file"], "wb") as file:
                file.write(image)
        return {"scrollsSideways": wide, "bytes": len(image)}
    elif verb == "evaluate":
        return browser.evaluate(step["script"])
    elif verb == "violations":
        return browser.violations
    else:
        raise RuntimeError(f"unknown step {verb}")
    return True


def main():
    browser = Browser()
    try:
        for line in sys.stdin:
            print(json.dumps({"is": do(browser, json.loads(line))}), flush=True)
    finally:
        browser.close()


if __name__ == "__main__":
    main()
