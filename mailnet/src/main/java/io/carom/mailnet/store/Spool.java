package io.carom.mailnet.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A mail as it comes in: a file that is none of the mail kept until it is on the disk whole. Whoever opens it closes
/// it;
/// unless it was kept it is gone then.
public final class Spool extends OutputStream {
    private final Path file;
    private final FileChannel channel;
    private final OutputStream out;
    private final MessageDigest digest;
    private long size;
    private boolean kept;

    Spool(Path file) throws IOException {
        this.file = file;
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
        digest.update(bytes, from, length);
        size += length;
    }

    public long size() {
        return size;
    }

    /// What was written up to now, to be looked at.
    public InputStream read() throws IOException {
        out.flush();
        return Files.newInputStream(file);
    }

    /// Puts it on the disk and in its place.
    ///
    /// @return SHA-256 of all that was written
    String keep(Path place) throws IOException {
        out.flush();
        channel.force(false);
        Files.move(file, place);
        kept = true;
        // The name is on the disk when its folder is.
        try (FileChannel folder = FileChannel.open(place.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!kept) {
            Files.deleteIfExists(file);
        }
    }
}
