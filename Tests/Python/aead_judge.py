"""Seals and opens with Google Tink and pyca/cryptography, to judge what Fieldseal's Cryptography room does.

Reads requests as JSON lines from standard input and answers each with one JSON line:

    {"op": "seal", "algorithm": "AES256_GCM", "key": B64, "aad": B64, "data": B64}  ->  {"data": B64}
    {"op": "open", ...}                                                             ->  {"data": B64} or {"error": TEXT}

Tink's keysets are built from the DEK's bytes with the RAW output prefix. Tink has no ChaCha20-Poly1305 with 12-byte
nonces in Python; pyca/cryptography judges that one.
"""

import base64
import json
import os
import sys

import tink
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from tink import aead, proto_keyset_format, secret_key_access
from tink.proto import aes_ctr_hmac_aead_pb2, aes_ctr_pb2, aes_eax_pb2, aes_gcm_pb2, common_pb2, hmac_pb2, tink_pb2
from tink.proto import xchacha20_poly1305_pb2

TYPE_URL = "type.googleapis.com/google.crypto.tink."


class PycaChaCha20Poly1305:
    """ChaCha20-Poly1305 laid out as Tink lays it out."""

    def __init__(self, key):
        self._cipher = ChaCha20Poly1305(key)

    def encrypt(self, data, aad):
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, data, aad)

    def decrypt(self, data, aad):
        return self._cipher.decrypt(data[:12], data[12:], aad)


def ctr_hmac(key, aes_size, tag_size):
    return aes_ctr_hmac_aead_pb2.AesCtrHmacAeadKey(
        aes_ctr_key=aes_ctr_pb2.AesCtrKey(params=aes_ctr_pb2.AesCtrParams(iv_size=16), key_value=key[:aes_size]),
        hmac_key=hmac_pb2.HmacKey(
            params=hmac_pb2.HmacParams(hash=common_pb2.SHA256, tag_size=tag_size), key_value=key[aes_size:]
        ),
    )


def tink_key(algorithm, key):
    """The type and the protobuf of a Tink key made of a DEK."""
    if algorithm in ("AES128_GCM", "AES256_GCM"):
        return "AesGcmKey", aes_gcm_pb2.AesGcmKey(key_value=key)
    if algorithm in ("AES128_EAX", "AES256_EAX"):
        return "AesEaxKey", aes_eax_pb2.AesEaxKey(params=aes_eax_pb2.AesEaxParams(iv_size=16), key_value=key)
    if algorithm == "AES128_CTR_HMAC_SHA256":
        return "AesCtrHmacAeadKey", ctr_hmac(key, 16, 16)
    if algorithm == "AES256_CTR_HMAC_SHA256":
        return "AesCtrHmacAeadKey", ctr_hmac(key, 32, 32)
    if algorithm == "XCHACHA20_POLY1305":
        return "XChaCha20Poly1305Key", xchacha20_poly1305_pb2.XChaCha20Poly1305Key(key_value=key)
    raise ValueError(f"no judge for {algorithm}")


def primitive(algorithm, key):
    if algorithm == "CHACHA20_POLY1305":
        return PycaChaCha20Poly1305(key)
    name, proto = tink_key(algorithm, key)
    keyset = tink_pb2.Keyset(primary_key_id=1)
    entry = keyset.key.add(key_id=1, status=tink_pb2.ENABLED, output_prefix_type=tink_pb2.RAW)
    entry.key_data.type_url = TYPE_URL + name
    entry.key_data.value = proto.SerializeToString()
    entry.key_data.key_material_type = tink_pb2.KeyData.SYMMETRIC
    handle = proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
    return handle.primitive(aead.Aead)


def answer(request):
    key, aad, data = (base64.b64decode(request[name]) for name in ("key", "aad", "data"))
    cipher = primitive(request["algorithm"], key)
    try:
        result = cipher.encrypt(data, aad) if request["op"] == "seal" else cipher.decrypt(data, aad)
    except (tink.TinkError, InvalidTag) as error:
        return {"error": str(error) or type(error).__name__}
    return {"data": base64.b64encode(result).decode()}


def main():
    aead.register()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))))


if __name__ == "__main__":
    main()
