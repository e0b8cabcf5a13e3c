/// What a decryptor does with something that a layout seals.
enum FieldState {
    /// It is opened.
    case opens
    /// It stays sealed.
    case staysSealed
    /// An earlier decryptor has opened it: it is left alone.
    case isOpened
    /// An earlier decryptor has put a default value in its place and no ciphertext is left: it is left alone.
    case isDefaulted
}
