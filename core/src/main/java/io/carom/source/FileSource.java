package io.carom.source;

/// A format that can only be read from the beginning of its file: it has a header that names its
/// columns, or is binary.
public non-sealed interface FileSource extends Source {
    /// How sure this format is that the input is its own, from 0 (not) to 100 (a magic number, which no
    /// other format can have). The surest reads it.
    int recognise(Head head);

    /// Whether it is no text. Such a format looks at a few bytes, so it is asked first, and no format
    /// of text has to look for lines in what is none.
    default boolean isBinary() {
        return false;
    }

    /// A reader for one input.
    RecordReader open(InputContext context);
}
