package io.carom.observe;

import io.carom.observe.Observation.Call;
import io.carom.observe.Observation.Change;
import io.carom.observe.Observation.Changed;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Hello;
import io.carom.observe.Observation.Launch;
import io.carom.observe.Observation.Lease;
import io.carom.observe.Observation.Lookup;
import io.carom.observe.Observation.Mail;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Request;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Observation.Use;
import io.carom.observe.Observation.Written;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Observations as bytes and back, some 40 to 80 bytes each: texts and addresses are numbers of tables
/// that stay in memory, up to {@link #TABLE} of each; those that come later are written out. What one
/// instance wrote only it can read. Not safe for use by many threads.
public final class ObservationCodec {
    static final int TABLE = 1 << 20;

    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final Means[] MEANS = Means.values();
    private static final Observation.Rest[] RESTS = Observation.Rest.values();
    private static final Changed[] CHANGES = Changed.values();
    private static final Lease.Kind[] LEASES = Lease.Kind.values();

    private final Map<String, Integer> textNumbers = new HashMap<>();
    private final List<String> texts = new ArrayList<>();
    private final Map<Address, Integer> addressNumbers = new HashMap<>();
    private final List<Address> addresses = new ArrayList<>();

    private byte[] bytes = new byte[1 << 16];
    private int at;

    /// Writes the observation behind what the array holds.
    ///
    /// @return how many bytes of {@link #buffer} it takes, from 0
    public int write(Observation observation) {
        at = 0;
        switch (observation) {
            case Contact o -> {
                head(0, o);
                address(o.src());
                number(o.srcPort());
                address(o.dst());
                number(o.dstPort());
                number(o.transport());
                number(o.outcome().ordinal());
                number(Float.floatToRawIntBits(o.sure()));
                number(o.bytesOut());
                number(o.bytesIn());
                number(o.packetsOut());
                number(o.packetsIn());
                number(o.duration());
                text(o.service());
                number(o.again() ? 1 : 0);
                number(o.wireOut());
                number(o.wireIn());
                number(o.rest().ordinal());
                number(o.moreOut());
                number(o.moreIn());
            }
            case Hello o -> {
                head(1, o);
                address(o.src());
                address(o.dst());
                number(o.dstPort());
                text(o.serverName());
                text(o.ja3());
                text(o.ja4());
                text(o.subject());
                text(o.issuer());
                number(o.srcPort());
                carried(o.carried());
            }
            case Lookup o -> {
                head(2, o);
                address(o.src());
                text(o.srcHost());
                address(o.server());
                text(o.name());
                text(o.type());
                number(o.rcode());
                texts(o.answers());
            }
            case Request o -> {
                head(3, o);
                address(o.src());
                address(o.dst());
                number(o.dstPort());
                text(o.host());
                text(o.method());
                text(o.path());
                text(o.userAgent());
                text(o.account());
                number(o.status());
                number(o.bytesOut());
                number(o.bytesIn());
                number(o.proxied() ? 1 : 0);
                number(o.srcPort());
                carried(o.carried());
            }
            case SignIn o -> {
                head(4, o);
                text(o.account());
                text(o.domain());
                address(o.src());
                text(o.srcHost());
                text(o.host());
                address(o.dst());
                number(o.means().ordinal());
                number(o.outcome().ordinal());
                text(o.by());
                text(o.country());
                text(o.userAgent());
                text(o.session());
            }
            case Launch o -> {
                head(5, o);
                text(o.host());
                text(o.account());
                text(o.domain());
                text(o.image());
                text(o.commandLine());
                text(o.parent());
                text(o.session());
            }
            case Written o -> {
                head(6, o);
                text(o.host());
                address(o.src());
                text(o.account());
                text(o.path());
                number(o.size());
                text(o.by());
            }
            case Lease o -> {
                head(7, o);
                address(o.address());
                address(o.outside());
                text(o.host());
                text(o.mac());
                text(o.account());
                number(o.kind().ordinal());
                number(o.until());
                number(o.ended() ? 1 : 0);
            }
            case Change o -> {
                head(8, o);
                number(o.changed().ordinal());
                text(o.host());
                text(o.account());
                address(o.src());
                text(o.what());
                text(o.detail());
            }
            case Call o -> {
                head(9, o);
                address(o.src());
                address(o.dst());
                text(o.host());
                text(o.account());
                text(o.service());
                text(o.what());
                text(o.operation());
                number(o.outcome().ordinal());
            }
            case Use o -> {
                head(10, o);
                text(o.account());
                address(o.src());
                text(o.service());
                text(o.operation());
                text(o.what());
                number(o.outcome().ordinal());
                text(o.detail());
            }
            case Mail o -> {
                head(11, o);
                text(o.from());
                texts(o.to());
                address(o.src());
                text(o.subject());
                text(o.messageId());
            }
        }
        return at;
    }

    /// What {@link #write} filled.
    public byte[] buffer() {
        return bytes;
    }

    /// Reads one observation that {@link #write} of this instance made.
    public Observation read(byte[] from, int offset) {
        byte[] own = bytes;
        bytes = from;
        at = offset;
        try {
            return read();
        } finally {
            bytes = own;
        }
    }

    private Observation read() {
        int kind = bytes[at++];
        long time = number();
        Origin origin = new Origin(text(), (int) number(), number(), (int) number(), (int) number());
        return switch (kind) {
            case 0 ->
                new Contact(
                        origin,
                        time,
                        sure(),
                        (int) number(),
                        sure(),
                        (int) number(),
                        (int) number(),
                        OUTCOMES[(int) number()],
                        Float.intBitsToFloat((int) number()),
                        number(),
                        number(),
                        number(),
                        number(),
                        number(),
                        text(),
                        number() == 1,
                        number(),
                        number(),
                        RESTS[(int) number()],
                        number(),
                        number());
            case 1 ->
                new Hello(
                        origin,
                        time,
                        sure(),
                        sure(),
                        (int) number(),
                        text(),
                        text(),
                        text(),
                        text(),
                        text(),
                        (int) number(),
                        carried());
            case 2 -> new Lookup(origin, time, address(), text(), address(), text(), text(), (int) number(), texts());
            case 3 ->
                new Request(
                        origin,
                        time,
                        sure(),
                        address(),
                        (int) number(),
                        text(),
                        text(),
                        text(),
                        text(),
                        text(),
                        (int) number(),
                        number(),
                        number(),
                        number() == 1,
                        (int) number(),
                        carried());
            case 4 ->
                new SignIn(
                        origin,
                        time,
                        text(),
                        text(),
                        address(),
                        text(),
                        text(),
                        address(),
                        MEANS[(int) number()],
                        OUTCOMES[(int) number()],
                        text(),
                        text(),
                        text(),
                        text());
            case 5 -> new Launch(origin, time, text(), text(), text(), text(), text(), text(), text());
            case 6 -> new Written(origin, time, text(), address(), text(), text(), number(), text());
            case 7 ->
                new Lease(
                        origin,
                        time,
                        sure(),
                        address(),
                        text(),
                        text(),
                        text(),
                        LEASES[(int) number()],
                        number(),
                        number() == 1);
            case 8 -> new Change(origin, time, CHANGES[(int) number()], text(), text(), address(), text(), text());
            case 9 ->
                new Call(
                        origin,
                        time,
                        address(),
                        address(),
                        text(),
                        text(),
                        text(),
                        text(),
                        text(),
                        OUTCOMES[(int) number()]);
            case 10 ->
                new Use(origin, time, text(), address(), text(), text(), text(), OUTCOMES[(int) number()], text());
            case 11 -> new Mail(origin, time, text(), texts(), address(), text(), text());
            default -> throw new IllegalStateException("no observation is of kind " + kind);
        };
    }

    private void carried(Observation.Carried carried) {
        number(carried.bytesOut());
        number(carried.bytesIn());
        number(carried.duration());
    }

    private Observation.Carried carried() {
        long out = number();
        long in = number();
        long duration = number();
        return out < 0 && in < 0 && duration < 0
                ? Observation.Carried.UNKNOWN
                : new Observation.Carried(out, in, duration);
    }

    private Address sure() {
        return Objects.requireNonNull(address());
    }

    private void head(int kind, Observation o) {
        room(1);
        bytes[at++] = (byte) kind;
        number(o.time());
        Origin origin = o.origin();
        text(origin.client());
        number(origin.input());
        number(origin.record());
        number(origin.source());
        number(origin.classUid());
    }

    private void room(int more) {
        if (bytes.length - at < more) {
            bytes = java.util.Arrays.copyOf(bytes, Math.max(at + more, bytes.length * 2));
        }
    }

    /// Signed numbers, small ones short (zigzag and seven bits a byte, as in Protocol Buffers).
    private void number(long value) {
        room(10);
        long left = value << 1 ^ value >> 63;
        while ((left & ~0x7FL) != 0) {
            bytes[at++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[at++] = (byte) left;
    }

    private long number() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = bytes[at++];
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value >>> 1 ^ -(value & 1);
            }
        }
    }

    /// The number of the text in the table and 1; 0 and the text itself where the table is full.
    private void text(String text) {
        Integer known = textNumbers.get(text);
        if (known == null && texts.size() < TABLE) {
            texts.add(text);
            known = texts.size();
            textNumbers.put(text, known);
        }
        if (known != null) {
            number(known);
            return;
        }
        number(0);
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        number(plain.length);
        room(plain.length);
        System.arraycopy(plain, 0, bytes, at, plain.length);
        at += plain.length;
    }

    private String text() {
        int number = (int) number();
        if (number > 0) {
            return texts.get(number - 1);
        }
        int length = (int) number();
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    private void texts(List<String> list) {
        number(list.size());
        for (String text : list) {
            text(text);
        }
    }

    private List<String> texts() {
        int size = (int) number();
        if (size == 0) {
            return List.of();
        }
        List<String> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            list.add(text());
        }
        return List.copyOf(list);
    }

    /// As texts; -1 for none.
    private void address(@Nullable Address address) {
        if (address == null) {
            number(-1);
            return;
        }
        Integer known = addressNumbers.get(address);
        if (known == null && addresses.size() < TABLE) {
            addresses.add(address);
            known = addresses.size();
            addressNumbers.put(address, known);
        }
        if (known != null) {
            number(known);
            return;
        }
        number(0);
        text(address.text());
    }

    private @Nullable Address address() {
        int number = (int) number();
        if (number < 0) {
            return null;
        }
        return number > 0 ? addresses.get(number - 1) : Address.of(text());
    }
}
