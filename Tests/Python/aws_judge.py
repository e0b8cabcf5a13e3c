"""Wraps and unwraps data keys with boto3, to judge what aws-kms does.

Takes the address of KMS and an access key's id and secret as arguments, reads requests as JSON lines from standard input
and answers each with one JSON line:

    {"op": "wrap", "key": ARN, "topic": TEXT, "data": B64}    ->  {"data": B64}
    {"op": "unwrap", "key": ARN, "topic": TEXT, "data": B64}  ->  {"data": B64} or {"error": CODE}
"""

import base64
import json
import sys

import boto3
from botocore.exceptions import ClientError


def main():
    address, key_id, secret = sys.argv[1:]
    kms = boto3.client(
        "kms", endpoint_url=address, region_name="eu-west-1", aws_access_key_id=key_id, aws_secret_access_key=secret
    )
    for line in sys.stdin:
        request = json.loads(line)
        data = base64.b64decode(request["data"], validate=True)
        common = {"KeyId": request["key"], "EncryptionContext": {"fieldseal-topic": request["topic"]}}
        try:
            if request["op"] == "wrap":
                result = kms.encrypt(Plaintext=data, **common)["CiphertextBlob"]
            else:
                result = kms.decrypt(CiphertextBlob=data, **common)["Plaintext"]
            answer = {"data": base64.b64encode(result).decode()}
        except ClientError as error:
            answer = {"error": error.response["Error"]["Code"]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
