package io.carom.home;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Which layout a home has: one number in its file `layout.json`, written when the home begins and when
/// it was brought to another layout. A home of a later layout than this program knows is left alone.
public final class HomeLayout {
    /// Of this program.
    public static final int CURRENT = 2;
    /// Of homes from before there was a file that says which.
    public static final int FIRST = 1;
    /// Of a home that is not there yet.
    public static final int NONE = 0;

    public static final String FILE = "layout.json";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 4_096;

    private HomeLayout() {}

    /// @throws IOException if `layout.json` is there and says nothing
    public static int of(Path home) throws IOException {
        Path file = home.resolve(FILE);
        if (!Files.exists(file)) {
            return isEmpty(home) ? NONE : FIRST;
        }
        String found = Files.size(file) > LONGEST ? "" : Files.readString(file);
        try {
            JsonNode said = JSON.readTree(found).path("layout");
            if (said.isInt() && said.intValue() >= FIRST) {
                return said.intValue();
            }
        } catch (JacksonException e) {
            // Told below.
        }
        throw new IOException(
                file + " does not say which layout the home has; expected {\"layout\": " + CURRENT
                        + "} or a lower number. Take the file from a backup; without one, take it away and run \"carom upgrade\".");
    }

    /// @throws IOException if the home is of a later layout than this program knows, and says what to
    ///     do
    public static void check(Path home) throws IOException {
        int layout = of(home);
        if (layout > CURRENT) {
            throw new IOException(home + " has layout " + layout + ", and this program knows layouts up to " + CURRENT
                    + ": a later version of carom was here. Use that version, or restore a backup from before it.");
        }
    }

    /// Notes the layout of a home that begins; one that has begun is left as it is.
    public static void begin(Path home, String by) throws IOException {
        if (of(home) == NONE) {
            Files.createDirectories(home);
            write(home, by);
        }
    }

    /// Notes the layout of a home that was not there before and that this program has made.
    public static void made(Path home, String by) throws IOException {
        if (of(home) == FIRST && !Files.exists(home.resolve(FILE))) {
            write(home, by);
        }
    }

    /// All of it or what was before.
    static void write(Path home, String by) throws IOException {
        Path part = home.resolve(FILE + ".part");
        Files.writeString(part, JSON.createObjectNode().put("layout", CURRENT).put("by", by) + "\n");
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(part, home.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        force(home);
    }

    /// The name is on the disk too. Not every system lets a folder be opened.
    private static void force(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static boolean isEmpty(Path home) throws IOException {
        if (!Files.isDirectory(home)) {
            return true;
        }
        try (Stream<Path> all = Files.list(home)) {
            return all.findAny().isEmpty();
        }
    }
}
