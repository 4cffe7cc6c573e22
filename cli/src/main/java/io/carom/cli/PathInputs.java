package io.carom.cli;

import io.carom.source.input.Inputs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/// What a path means to commands that read no logs: a file, a folder, a glob, an archive, standard input,
/// or what a shell hands over (`<(…)`), which is a file of no size.
final class PathInputs {
    private PathInputs() {}

    interface Taker {
        void take(String path, InputStream bytes) throws IOException;
    }

    /// @param strange is told what could not be read
    /// @throws IOException if there is nothing of that name, or from the taker
    static void read(String path, Taker taker, Consumer<String> strange) throws IOException {
        Path at = Path.of(path);
        if (!path.equals("-") && Files.exists(at) && !Files.isDirectory(at) && !Files.isRegularFile(at)) {
            try (InputStream in = Files.newInputStream(at)) {
                taker.take(path, in);
            }
            return;
        }
        Inputs.Listing listing = Inputs.list(List.of(path));
        if (listing.files().isEmpty() && !listing.missing().isEmpty()) {
            throw new IOException(listing.missing().getFirst());
        }
        listing.missing().forEach(strange);
        Inputs.read(listing, new Inputs.Visitor() {
            @Override
            public void input(String of, Instant modified, InputStream bytes) throws IOException {
                taker.take(of, bytes);
            }

            @Override
            public void refused(String of, String reason) {
                strange.accept(of + ": " + reason);
            }
        });
    }
}
