import Testing

@testable import KeyManagement

/// Where AWS's services are.
@Suite struct AWSEndpointsTests {
    private func endpoints(
        region: String? = nil, endpoint: String? = nil, _ environment: [String: String] = [:]
    ) throws -> AWSEndpoints {
        try AWSEndpoints(AWSSettings(region: region, endpoint: endpoint), AWSEnvironment(environment))
    }

    @Test(
        arguments: [
            ("aws", "eu-west-1", "https://kms.eu-west-1.amazonaws.com/"),
            ("aws-cn", "cn-north-1", "https://kms.cn-north-1.amazonaws.com.cn/"),
            ("aws-us-gov", "us-gov-west-1", "https://kms.us-gov-west-1.amazonaws.com/"),
            ("aws-iso", "us-iso-east-1", "https://kms.us-iso-east-1.c2s.ic.gov/"),
            ("aws-iso-b", "us-isob-east-1", "https://kms.us-isob-east-1.sc2s.sgov.gov/"),
            ("aws-eusc", "eusc-de-east-1", "https://kms.eusc-de-east-1.amazonaws.eu/"),
        ])
    func kmsIsWhereTheKeysPartitionAndRegionSay(partition: String, region: String, url: String) throws {
        #expect(try endpoints().kmsURL(partition: partition, region: region) == url)
    }

    @Test func fipsEndpointsAreUsedWhereTheEnvironmentAsksForThem() throws {
        let endpoints = try endpoints(region: "us-east-1", ["AWS_USE_FIPS_ENDPOINT": "true"])
        #expect(endpoints.kmsURL(partition: "aws", region: "us-east-1") == "https://kms-fips.us-east-1.amazonaws.com/")
        #expect(endpoints.sts(partition: "aws", profileRegion: nil).url == "https://sts-fips.us-east-1.amazonaws.com/")
    }

    @Test func theConfiguredEndpointComesBeforeTheEnvironments() throws {
        let environment = ["AWS_ENDPOINT_URL_KMS": "https://kms.example/a/", "AWS_ENDPOINT_URL": "https://all.example"]
        #expect(
            try endpoints(endpoint: "https://own.example", environment).kmsURL(partition: "aws", region: "r")
                == "https://own.example/")
        #expect(try endpoints(environment).kmsURL(partition: "aws", region: "r") == "https://kms.example/a/")
        #expect(try endpoints(environment).sts(partition: "aws", profileRegion: nil).url == "https://all.example/")
    }

    @Test func theTokenServiceIsThatOfTheFirstRegionSet() throws {
        let both = ["AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "eu-west-3"]
        #expect(
            try endpoints(region: "eu-west-1", both).sts(partition: "aws", profileRegion: "eu-west-4").region
                == "eu-west-1")
        #expect(try endpoints(both).sts(partition: "aws", profileRegion: "eu-west-4").region == "eu-west-2")
        #expect(try endpoints().sts(partition: "aws", profileRegion: "eu-west-4").region == "eu-west-4")
        let global = try endpoints().sts(partition: "aws", profileRegion: nil)
        #expect(global.url == "https://sts.amazonaws.com/" && global.region == "us-east-1")
        #expect(
            try endpoints().sts(partition: "aws", profileRegion: "evil.example/").url == "https://sts.amazonaws.com/")
    }
}
