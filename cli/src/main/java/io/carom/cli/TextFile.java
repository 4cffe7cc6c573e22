package io.carom.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file that people write.
final class TextFile {
    private TextFile() {}

    /// @throws IOException naming the file, also where it is none or no text
    static String read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": is a folder; expected a file");
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": is no text in UTF-8; save it as UTF-8", e);
        }
    }
}
