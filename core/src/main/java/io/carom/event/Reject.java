package io.carom.event;

/// A record that was not understood: counted, kept whole, never dropped silently.
///
/// @param record number of the record in its input, from 1
/// @param offset where it begins in the (decompressed) input, in bytes
/// @param length how many bytes it had there; more than `raw` holds only for a record over the size limit
/// @param reason what was found and what was expected, without content of the record
/// @param raw the record as it stood
public record Reject(long record, long offset, long length, String reason, byte[] raw) {}
