package io.carom.source;

/// A format that can only be read from the beginning of its file: it has a header that names its columns,
/// or is
/// binary.
public non-sealed interface FileSource extends Source {
    /// How sure this format is that the input is its own, from 0 (not) to 100 (a magic number). The
    /// surest reads it.
    int recognise(Head head);

    /// A reader for one input.
    RecordReader open(InputContext context);
}
