package io.carom.intel;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/// Reads the text of documents that are made for people's eyes: PDF, pages of HTML. Such readers weigh
/// much, so they are found where they are installed ({@link ServiceLoader}), and the line of events
/// does not carry them.
public interface DocumentText {
    boolean reads(IntelDocument.Format format);

    /// The text in the order of the document.
    ///
    /// @param bytes the whole document, at most {@link #maxBytes}
    /// @throws Refused in a line, if it is damaged, locked, or larger inside than anybody would write
    List<Piece> pieces(byte[] bytes) throws IOException;

    /// Bytes of a document; what is larger is refused.
    int maxBytes();

    /// A part of a document.
    ///
    /// @param place of it, for people: `page 3`, `line 12`
    /// @param lines whether the lines of the text are the document's, and are told with the place
    record Piece(String place, boolean lines, String text) {}

    /// A document that is not read, and why, in words.
    final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        public Refused(String why) {
            super(why);
        }
    }

    /// The reader for this format, if one is installed.
    static Optional<DocumentText> of(IntelDocument.Format format) {
        for (DocumentText one : ServiceLoader.load(DocumentText.class)) {
            if (one.reads(format)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }
}
