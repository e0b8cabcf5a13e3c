// swift-tools-version: 6.1
import PackageDescription

// The rooms on the path of a record are released without the run-time checks for overlapping access to a variable, which
// cost a third of a transform; debug builds, and so all tests, have them.
let hotPath: [SwiftSetting] = [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

// What nobody loads the program for need not be exported from it, which with Swift's runtime linked in is 3 MB of names.
let unexported: [LinkerSetting] = [
    .unsafeFlags(["-Xlinker", "--no-export-dynamic"], .when(platforms: [.linux], configuration: .release))
]

// One target a room; a room imports only rooms on lower floors (docs/architecture.md).
let package = Package(
    name: "fieldseal",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "fieldseal", targets: ["fieldseal"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Without its traits, of which one needs all of Foundation.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // Nothing of it is built: only that its module, which Hummingbird could use, is not taken for our room.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Floor 0: C libraries.
        .systemLibrary(name: "CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CGcrypt", pkgConfig: "libgcrypt", providers: [.apt(["libgcrypt20-dev"])]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CCompression", pkgConfig: "libzstd",
            providers: [.apt(["zlib1g-dev", "liblz4-dev", "libzstd-dev", "libsnappy-dev"])]),
        .systemLibrary(name: "CAvro", pkgConfig: "avro-c", providers: [.apt(["libavro-dev"])]),

        .systemLibrary(
            name: "CProtobuf", pkgConfig: "protobuf", providers: [.apt(["libprotobuf-dev", "libprotoc-dev"])]),
        // libprotobuf is C++; this is its C side.
        .target(name: "CProtobufReflection", dependencies: ["CProtobuf"]),

        .systemLibrary(name: "CProcess"),
        .systemLibrary(name: "CMemory"),

        // Floor 1.
        .target(name: "Records", dependencies: ["CPCRE2", "CMemory"], swiftSettings: hotPath),

        // Floor 2.
        .target(
            name: "Cryptography", dependencies: ["Records", "COpenSSL", "CSodium", "CGcrypt"], swiftSettings: hotPath),
        .target(
            name: "Formats", dependencies: ["Records", "CCompression", "CProtobufReflection"], swiftSettings: hotPath),
        .target(name: "HTTPTransport", dependencies: ["Records", "CCurl"]),
        .target(name: "KafkaClient", dependencies: ["Records", "CRdKafka"], swiftSettings: hotPath),

        // Floor 3.
        .target(name: "SchemaRegistry", dependencies: ["Records", "HTTPTransport", "Formats"]),
        .target(
            name: "KeyManagement",
            dependencies: ["HTTPTransport", "Cryptography", .product(name: "Logging", package: "swift-log")],
            swiftSettings: hotPath),

        // Floor 4.
        .target(
            name: "Transform",
            dependencies: ["Records", "Cryptography", "Formats", "SchemaRegistry", "KeyManagement"],
            swiftSettings: hotPath),

        // Floor 5.
        .target(
            name: "Pipeline",
            dependencies: [
                "Transform", "KafkaClient", "KeyManagement", "SchemaRegistry",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: hotPath),

        // Floor 6.
        .target(
            name: "Configuration",
            dependencies: [
                "Pipeline", "Transform", "Formats", "KeyManagement", "SchemaRegistry",
                .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "Operations",
            dependencies: [
                "Pipeline", "KeyManagement", "Cryptography", "Records", "COpenSSL",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(
                    name: "Configuration", package: "swift-configuration",
                    moduleAliases: ["Configuration": "SwiftConfiguration"], condition: .when(platforms: [.wasi])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        // Floor 7.
        .executableTarget(
            name: "fieldseal",
            dependencies: [
                "Configuration", "Pipeline", "Operations", "HTTPTransport", "KafkaClient", "CProcess",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], linkerSettings: unexported),

        // Not part of the product: measures it.
        .target(name: "ProtobufJSONBaseline", dependencies: ["CProtobuf"]),
        .executableTarget(
            name: "FieldsealBenchmarks",
            dependencies: [
                "ProtobufJSONBaseline", "SchemaRegistry",
                "Records", "Cryptography", "Formats", "KeyManagement", "Transform", "KafkaClient", "Pipeline", "CAvro",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: hotPath),
        // Counts the transform's heap allocations: a program of its own, since only a release build has none.
        .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
        .executableTarget(
            name: "AllocationProbe", dependencies: ["CAllocationCount", "Transform"], path: "Tests/AllocationProbe",
            swiftSettings: hotPath),
        // Servers that tests start.
        .target(name: "TestServers", dependencies: ["HTTPTransport", "Records"], path: "Tests/TestServers"),

        // Made-up Avro schemas and records.
        .target(name: "AvroCases", dependencies: ["Records", "Formats"], path: "Tests/AvroCases"),
        // Apache's C library reads what we write.
        .target(name: "AvroCJudge", dependencies: ["CAvro"], path: "Tests/AvroCJudge"),
        .target(name: "ProtobufCases", dependencies: ["AvroCases"], path: "Tests/ProtobufCases"),

        .testTarget(name: "RecordsTests", dependencies: ["Records"]),
        .testTarget(name: "CryptographyTests", dependencies: ["Cryptography", "COpenSSL", "TestServers"]),
        .testTarget(name: "FormatsTests", dependencies: ["Formats", "AvroCases", "AvroCJudge", "ProtobufCases"]),
        .testTarget(name: "HTTPTransportTests", dependencies: ["Records", "HTTPTransport", "TestServers"]),
        .testTarget(name: "KafkaClientTests", dependencies: ["KafkaClient", "Records"]),
        .testTarget(
            name: "SchemaRegistryTests", dependencies: ["Records", "HTTPTransport", "SchemaRegistry", "TestServers"]),
        .testTarget(
            name: "KeyManagementTests", dependencies: ["Records", "Cryptography", "KeyManagement", "TestServers"]),
        .testTarget(
            name: "TransformTests",
            dependencies: [
                "AvroCases", "ProtobufCases", "Records", "Cryptography", "Formats", "KeyManagement", "SchemaRegistry",
                "Transform",
                .product(name: "Logging", package: "swift-log"),
            ], exclude: ["Vectors"]),
        .testTarget(name: "PipelineTests", dependencies: ["Pipeline", "KafkaClient", "Transform", "Records"]),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "Operations", "Pipeline", "Transform", "KeyManagement", "TestServers", "HTTPTransport", "Records",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(name: "ConfigurationTests", dependencies: ["Configuration"], exclude: ["Refusals.txt"]),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "Pipeline", "KafkaClient", "Transform", "Records", "TestServers", "AvroCJudge", "fieldseal",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// Needs libFuzzer's runtime, which brings the main function: scripts/fuzz builds it, and nothing else does.
if Context.environment["FIELDSEAL_FUZZ"] == "1" {
    package.targets.append(
        .executableTarget(
            name: "FieldsealFuzz",
            dependencies: [
                "Configuration", "Transform", "SchemaRegistry", "KeyManagement", "HTTPTransport", "Formats",
                "Cryptography", "Records", .product(name: "Logging", package: "swift-log"),
            ], path: "Tests/Fuzz"))
}
