package io.carom.source.evtx;

/// Receives what an {@link EvtxReader} finds, in the order of the file.
///
/// A record is {@link #startRecord}, any number of {@link #field}, then {@link #endRecord}; or {@link
/// #startRecord},
/// some fields and {@link #reject}, which takes the fields back; or {@link #reject} alone, for bytes in
/// which no record could even be begun. Every byte array is the reader's own and valid only during the
/// call.
public interface EvtxSink {
    /// Kinds of values. Text is UTF-8; numbers are in decimal, as JSON has them; a null field has no bytes.
    byte TEXT = 0, NUMBER = 1, TRUE = 2, FALSE = 3, NULL = 4;

    /// A record begins.
    ///
    /// @param number number of the record in its input, from 1, rejected ones counted
    /// @param offset where it begins in the input, in bytes
    /// @param length how many bytes of the input it has
    /// @param recordId its identifier as the record's header has it
    /// @param written when it was written, in steps of 100 ns since 1601-01-01T00:00:00Z
    void startRecord(long number, long offset, int length, long recordId, long written);

    /// One value of the current record. The same path comes again where an element is repeated or holds
    /// an array.
    ///
    /// @param path its name, by {@link EvtxPaths#name}
    void field(int path, byte[] bytes, int from, int to, byte kind);

    /// The record is complete. The bytes are all of it as one JSON object, in the form that `evtx_dump`
    /// made familiar.
    void endRecord(byte[] json, int from, int to);

    /// What stands in these bytes of the input could not be read as a record.
    ///
    /// @param number number of the record in its input, from 1
    /// @param reason what was found and what was expected, without content of the record
    void reject(long number, long offset, String reason, byte[] raw, int from, int to);

    /// A fault of the file that is not the fault of one record: a header, a checksum, a stretch without
    /// records.
    ///
    /// @param length how many bytes are concerned
    void damage(long offset, long length, String reason);
}
