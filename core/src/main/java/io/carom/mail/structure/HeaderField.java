package io.carom.mail.structure;

/// A header field of a mail.
///
/// @param name in lower case
/// @param value unfolded, encoded words decoded
/// @param written unfolded, as it stands: addresses are read from it, for an encoded word is no syntax
public record HeaderField(String name, String value, String written) {}
