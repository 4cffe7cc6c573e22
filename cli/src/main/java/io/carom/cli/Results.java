package io.carom.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// Standard output, for results. Unlike the stream of that name it tells when nobody reads on and when what
/// is written is lost, as on a full disk, and keeps that for those who write through a {@link
/// java.io.PrintWriter}, which tells nobody. Unbuffered.
final class Results extends OutputStream {
    /// Whoever read the results (head, less) has had enough.
    static final class NobodyReads extends IOException {
        private static final long serialVersionUID = 1;

        NobodyReads(IOException cause) {
            super("nobody reads the results any more", cause);
        }
    }

    /// Of a file's mode: which kind of file it is, POSIX.
    private static final int KIND = 0170000;

    private static final int PIPE = 0010000;
    private static final int SOCKET = 0140000;

    /// Where this process writes; null where another stands in for it.
    private static volatile @Nullable OutputStream own;

    private @Nullable IOException fault;

    /// From now on results go to the process's standard output itself, whose faults have reasons.
    static void toTheProcess() {
        own = new FileOutputStream(FileDescriptor.out);
    }

    /// What tells the file that results go to from all others; null where they go to none.
    static @Nullable Object file() {
        try {
            BasicFileAttributes of = Files.readAttributes(Path.of("/dev/fd/1"), BasicFileAttributes.class);
            return of.isRegularFile() ? of.fileKey() : null;
        } catch (IOException e) {
            return null;
        }
    }

    /// What went wrong first; null if nothing did.
    @Nullable
    IOException fault() {
        return fault;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] b, int from, int length) throws IOException {
        IOException before = fault;
        if (before != null) {
            // Another one each time: whoever closes what failed adds what that throws to what was thrown.
            throw before instanceof NobodyReads
                    ? new NobodyReads(before)
                    : new IOException(before.getMessage(), before);
        }
        OutputStream to = own;
        try {
            if (to == null) {
                System.out.write(b, from, length);
                if (System.out.checkError()) {
                    throw new IOException("it is closed");
                }
            } else {
                to.write(b, from, length);
            }
        } catch (IOException e) {
            IOException told = to == null || isLeft(e)
                    ? new NobodyReads(e)
                    : new IOException("the results cannot be written to standard output: " + e.getMessage(), e);
            fault = told;
            throw told;
        }
    }

    /// Whether somebody read at the other end and went. The system says so in the user's language, so that
    /// it is rather asked what standard output is.
    private static boolean isLeft(IOException e) {
        if (String.valueOf(e.getMessage()).contains("Broken pipe")) {
            return true;
        }
        try {
            int mode = Files.getAttribute(Path.of("/dev/fd/1"), "unix:mode") instanceof Integer of ? of & KIND : 0;
            return mode == PIPE || mode == SOCKET;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException none) {
            return false;
        }
    }
}
