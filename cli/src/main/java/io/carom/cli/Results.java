package io.carom.cli;

import java.io.IOException;
import java.io.OutputStream;

/// Standard output for results in bytes; unlike the stream of that name it tells when nobody reads on.
/// Unbuffered.
final class Results extends OutputStream {
    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] b, int from, int length) throws IOException {
        System.out.write(b, from, length);
        if (System.out.checkError()) {
            throw new IOException("Broken pipe");
        }
    }
}
