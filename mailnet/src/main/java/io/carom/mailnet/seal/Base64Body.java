package io.carom.mailnet.seal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A body that is Base64 and nothing else. What a lenient decoder skips could be read by people.
final class Base64Body extends FilterInputStream {
    private boolean padded;

    Base64Body(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        int b = super.read();
        if (b >= 0) {
            check(b);
        }
        return b;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        int read = super.read(into, from, length);
        for (int i = from; i < from + read; i++) {
            check(into[i]);
        }
        return read;
    }

    private void check(int b) throws NotEncrypted {
        if (b == '\r' || b == '\n') {
            return;
        }
        if (b == '=') {
            padded = true;
            return;
        }
        boolean letter = b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '+' || b == '/';
        if (!letter || padded) {
            throw new NotEncrypted("its body has more than Base64 in it");
        }
    }
}
