package io.carom.detect.behaviour;

import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Where the first {@link #FIRST} and the latest {@link #LATEST} records of something are. At most 200 bytes.
final class Records implements Serializable {
    private static final long serialVersionUID = 1;

    static final int FIRST = 3;
    static final int LATEST = 3;

    private Origin[] held = {};
    private int latest;

    void add(Origin origin) {
        int n = held.length;
        if (n < FIRST + LATEST) {
            held = Arrays.copyOf(held, n + 1);
            held[n] = origin;
        } else {
            held[FIRST + latest] = origin;
            latest = (latest + 1) % LATEST;
        }
    }

    boolean isEmpty() {
        return held.length == 0;
    }

    String client() {
        return held[0].client();
    }

    /// Each once, the first ones first.
    List<Origin> all() {
        List<Origin> out = new ArrayList<>();
        for (Origin origin : held) {
            if (!out.contains(origin)) {
                out.add(origin);
            }
        }
        return out;
    }
}
