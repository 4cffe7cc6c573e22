package io.carom.source.netflow;

import io.carom.event.JsonText;
import io.carom.source.netflow.Elements.Element;
import io.carom.source.netflow.Elements.Form;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Flows out of datagrams of NetFlow 5, NetFlow 9 (RFC 3954) and IPFIX (RFC 7011).
///
/// Templates are of one exporter and observation domain. Records that come before their template are
/// held (at most {@link #WAITING} sets and {@link #HELD} bytes an exporter, {@link #HELD_BY_ALL} bytes in
/// all, {@link #PATIENCE} long) and given when it comes. A datagram that comes twice is taken once. All of
/// it is bounded: exporters, templates of one, fields of one and of all.
///
/// Times by the exporter's uptime are laid against the time in the datagram's head, in 32-bit
/// arithmetic: an uptime that began again at 2^32 milliseconds (49.7 days) gives the same times as one
/// that did not.
///
/// Not safe for use by many threads.
public final class FlowDecoder {
    static final int EXPORTERS = 4096;
    static final int TEMPLATES = 512;
    static final int FIELDS = 512;
    /// Of all exporters together; those of one that was quiet longest are forgotten first.
    static final int FIELDS_OF_ALL = 1 << 20;

    static final int HELD = 256 << 10;
    static final int WAITING = 512;
    static final long HELD_BY_ALL = 64 << 20;
    /// What a set that waits takes beside its bytes, about.
    static final int BESIDE = 256;

    static final long PATIENCE = 30 * 60_000;
    private static final int RECENT = 64;
    private static final int VARIABLE = 65_535;
    private static final int V5_HEAD = 24;
    private static final int V5_RECORD = 48;

    /// A record of a data set.
    ///
    /// @param options whether it says something of the exporter, and nothing of a flow
    /// @param json one object on one line, `{"exporter":…,"@timestamp":…,"netflow":{…}}`
    public interface Sink {
        void record(boolean options, byte[] json, int length);
    }

    private record Field(Element element, int enterprise, int length) {}

    private record Template(List<Field> fields, boolean options) {
        /// Bytes of a record at least; 0 if nothing of it takes any.
        int least() {
            int all = 0;
            for (Field field : fields) {
                all += field.length == VARIABLE ? 1 : field.length;
            }
            return all;
        }
    }

    /// A data set that waits for its template, with the head of its datagram.
    private static final class Waiting {
        final Exporter of;
        final long template;
        final Head head;
        final byte[] bytes;
        final long since;

        Waiting(Exporter of, long template, Head head, byte[] bytes, long since) {
            this.of = of;
            this.template = template;
            this.head = head;
            this.bytes = bytes;
            this.since = since;
        }

        int size() {
            return bytes.length + BESIDE;
        }
    }

    /// @param time of the datagram, milliseconds since 1970
    /// @param uptime of the exporter, milliseconds; unsigned
    private record Head(int version, long time, int uptime, long sequence, long domain) {}

    private static final class Exporter {
        final Map<Long, Template> templates = new LinkedHashMap<>();
        /// When the exporter started, by domain, as its options tell (IPFIX has it not in its head).
        final Map<Long, Long> started = new LinkedHashMap<>();

        /// By the template that they wait for, those of one in the order in which they came.
        final Map<Long, ArrayDeque<Waiting>> waiting = new LinkedHashMap<>();

        int sets;
        int held;
        int fields;
        final long[] recent = new long[RECENT];
        int next;
    }

    private final Map<String, Exporter> exporters = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Exporter> eldest) {
            if (size() <= EXPORTERS) {
                return false;
            }
            forget(eldest.getValue());
            return true;
        }
    };

    /// All that wait, in the order in which they came.
    private final Set<Waiting> waiting = new LinkedHashSet<>();

    private long held;
    private long fields;

    private final JsonText json = new JsonText();
    private long malformed;
    private long repeated;
    private long unknown;

    /// Datagrams that were not what they said, or of no version that is known.
    public long malformed() {
        return malformed;
    }

    /// Datagrams that came twice.
    public long repeated() {
        return repeated;
    }

    /// Data sets that were given up: their template did not come in time, or too many waited.
    public long withoutTemplate() {
        return unknown;
    }

    /// Sets that wait now.
    int waiting() {
        return waiting.size();
    }

    /// Bytes that those take.
    long held() {
        return held;
    }

    /// Takes a datagram.
    ///
    /// @param exporter who sent it: address and port
    /// @param now milliseconds since 1970
    public void datagram(String exporter, ByteBuffer datagram, long now, Sink sink) {
        ByteBuffer in = datagram.slice();
        if (in.remaining() < 16) {
            malformed++;
            return;
        }
        Exporter from = exporters.computeIfAbsent(exporter, e -> new Exporter());
        if (isRepeated(from, in)) {
            repeated++;
            return;
        }
        String address = exporter.substring(0, Math.max(0, exporter.lastIndexOf(':')));
        try {
            switch (in.getShort(0)) {
                case 5 -> version5(address, in, sink);
                case 9 -> version9(from, address, in, now, sink);
                case 10 -> ipfix(from, address, in, now, sink);
                default -> malformed++;
            }
        } catch (java.nio.BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            malformed++;
        }
    }

    private static boolean isRepeated(Exporter from, ByteBuffer in) {
        long print = 1125899906842597L * in.remaining();
        for (int i = 0; i < in.remaining(); i++) {
            print = (print ^ in.get(i)) * 0x100000001B3L;
        }
        for (long known : from.recent) {
            if (known == print) {
                return true;
            }
        }
        from.recent[from.next] = print;
        from.next = (from.next + 1) % RECENT;
        return false;
    }

    // ---- version 5

    private void version5(String exporter, ByteBuffer in, Sink sink) {
        int count = in.getShort(2) & 0xFFFF;
        if (count == 0 || V5_HEAD + count * V5_RECORD > in.remaining()) {
            malformed++;
            return;
        }
        int uptime = in.getInt(4);
        long time = unsigned(in.getInt(8)) * 1000 + unsigned(in.getInt(12)) / 1_000_000;
        int sampling = in.getShort(22) & 0xFFFF;
        for (int i = 0; i < count; i++) {
            int at = V5_HEAD + i * V5_RECORD;
            begin(exporter, time);
            json.raw("\"version\":5,\"flow_seq_num\":").number(unsigned(in.getInt(16)));
            json.raw(",\"engine_type\":").number(in.get(20) & 0xFF);
            json.raw(",\"engine_id\":").number(in.get(21) & 0xFF);
            json.raw(",\"sampling_algorithm\":").number(sampling >>> 14);
            json.raw(",\"sampling_interval\":").number(sampling & 0x3FFF);
            json.raw(",\"flow_records\":").number(count);
            ip4("ipv4_src_addr", in, at);
            ip4("ipv4_dst_addr", in, at + 4);
            ip4("ipv4_next_hop", in, at + 8);
            field("input_snmp").number(in.getShort(at + 12) & 0xFFFF);
            field("output_snmp").number(in.getShort(at + 14) & 0xFFFF);
            field("in_pkts").number(unsigned(in.getInt(at + 16)));
            field("in_bytes").number(unsigned(in.getInt(at + 20)));
            long first = switched(time, uptime, in.getInt(at + 24));
            long last = switched(time, uptime, in.getInt(at + 28));
            time("first_switched", first);
            time("last_switched", last);
            field("l4_src_port").number(in.getShort(at + 32) & 0xFFFF);
            field("l4_dst_port").number(in.getShort(at + 34) & 0xFFFF);
            field("tcp_flags").number(in.get(at + 37) & 0xFF);
            field("protocol").number(in.get(at + 38) & 0xFF);
            field("src_tos").number(in.get(at + 39) & 0xFF);
            field("src_as").number(in.getShort(at + 40) & 0xFFFF);
            field("dst_as").number(in.getShort(at + 42) & 0xFFFF);
            field("src_mask").number(in.get(at + 44) & 0xFF);
            field("dst_mask").number(in.get(at + 45) & 0xFF);
            end(first, last, time);
            sink.record(false, json.bytes(), json.length());
        }
    }

    private static long unsigned(int value) {
        return value & 0xFFFF_FFFFL;
    }

    /// When something happened that is told by the exporter's uptime: so long before the datagram's
    /// own. The difference is one of 32 bits with a sign, so that neither a wrap nor a flow that ends a
    /// moment after the head was written matters.
    static long switched(long time, int uptime, int then) {
        return time - (uptime - then);
    }

    // ---- version 9

    private void version9(Exporter from, String exporter, ByteBuffer in, long now, Sink sink) {
        if (in.remaining() < 20) {
            malformed++;
            return;
        }
        Head head = new Head(
                9, unsigned(in.getInt(8)) * 1000, in.getInt(4), unsigned(in.getInt(12)), unsigned(in.getInt(16)));
        sets(from, exporter, in, 20, in.remaining(), head, now, sink);
    }

    // ---- IPFIX

    private void ipfix(Exporter from, String exporter, ByteBuffer in, long now, Sink sink) {
        int length = in.getShort(2) & 0xFFFF;
        if (length < 16 || length > in.remaining()) {
            malformed++;
            return;
        }
        Head head = new Head(10, unsigned(in.getInt(4)) * 1000, 0, unsigned(in.getInt(8)), unsigned(in.getInt(12)));
        sets(from, exporter, in, 16, length, head, now, sink);
    }

    // ---- sets

    private void sets(
            Exporter from, String exporter, ByteBuffer in, int begin, int end, Head head, long now, Sink sink) {
        int at = begin;
        boolean ipfix = head.version == 10;
        while (at + 4 <= end) {
            int id = in.getShort(at) & 0xFFFF;
            int length = in.getShort(at + 2) & 0xFFFF;
            if (length < 4 || at + length > end) {
                // What stands before it is taken; a set that is longer than its datagram is none.
                malformed++;
                return;
            }
            ByteBuffer set = in.slice(at + 4, length - 4);
            if (id == (ipfix ? 2 : 0)) {
                templates(from, exporter, set, head, false, now, sink);
            } else if (id == (ipfix ? 3 : 1)) {
                templates(from, exporter, set, head, true, now, sink);
            } else if (id >= 256) {
                data(from, exporter, set, id, head, now, sink);
            }
            at += length;
        }
    }

    private static long key(Head head, int id) {
        return head.domain << 17 | (head.version == 10 ? 1L << 16 : 0) | id;
    }

    private void templates(
            Exporter from, String exporter, ByteBuffer set, Head head, boolean options, long now, Sink sink) {
        boolean ipfix = head.version == 10;
        while (set.remaining() >= 4) {
            int id = set.getShort() & 0xFFFF;
            int count;
            if (!ipfix && options) {
                if (id < 256 || set.remaining() < 4) {
                    return;
                }
                count = (set.getShort() & 0xFFFF) / 4 + (set.getShort() & 0xFFFF) / 4;
            } else {
                count = set.getShort() & 0xFFFF;
                if (id < 256) {
                    // Padding, or a withdrawal of all.
                    if (ipfix && count == 0 && id == (options ? 3 : 2)) {
                        withdrawAll(from, head, options);
                    }
                    return;
                }
                if (ipfix && count == 0) {
                    withdraw(from, key(head, id));
                    continue;
                }
                if (ipfix && options) {
                    if (set.remaining() < 2) {
                        return;
                    }
                    // How many of the fields are the scope.
                    set.getShort();
                }
            }
            if (count > FIELDS) {
                malformed++;
                return;
            }
            List<Field> fields = new ArrayList<>(count);
            int scopes = !ipfix && options ? set.getShort(set.position() - 4) / 4 : 0;
            for (int i = 0; i < count; i++) {
                int number = set.getShort() & 0xFFFF;
                int length = set.getShort() & 0xFFFF;
                int enterprise = 0;
                if (ipfix && (number & 0x8000) != 0) {
                    number &= 0x7FFF;
                    enterprise = set.getInt();
                }
                Element element = i < scopes ? scope(number) : Elements.of(head.version, enterprise, number);
                // Only IPFIX has lengths that vary (RFC 7011, section 7); H3C exports them in version 9 too.
                fields.add(new Field(element, enterprise, length));
            }
            Template template = new Template(List.copyOf(fields), options);
            if (template.least() == 0) {
                malformed++;
                continue;
            }
            keep(from, key(head, id), template);
            given(from, exporter, key(head, id), id, now, sink);
        }
    }

    /// Of one observation domain, and of the kind that the withdrawal names (RFC 7011, section 8.1).
    private void withdrawAll(Exporter from, Head head, boolean options) {
        long domain = key(head, 0);
        for (Map.Entry<Long, Template> each : List.copyOf(from.templates.entrySet())) {
            if ((each.getKey() ^ domain) >>> 16 == 0 && each.getValue().options == options) {
                withdraw(from, each.getKey());
            }
        }
    }

    private void withdraw(Exporter from, long key) {
        Template gone = from.templates.remove(key);
        if (gone != null) {
            from.fields -= gone.fields.size();
            fields -= gone.fields.size();
        }
    }

    private void keep(Exporter from, long key, Template template) {
        withdraw(from, key);
        if (from.templates.size() >= TEMPLATES) {
            withdraw(from, from.templates.keySet().iterator().next());
        }
        from.templates.put(key, template);
        from.fields += template.fields.size();
        fields += template.fields.size();
        // The one at hand was heard last.
        while (fields > FIELDS_OF_ALL && exporters.size() > 1) {
            String quiet = exporters.keySet().iterator().next();
            forget(exporters.remove(quiet));
        }
    }

    /// An exporter is not known any more: what waits of it will not be given.
    private void forget(@Nullable Exporter gone) {
        if (gone != null) {
            fields -= gone.fields;
            while (gone.sets > 0) {
                lose(gone);
            }
        }
    }

    /// Scopes of NetFlow 9's options (RFC 3954, section 6.1).
    private static Element scope(int number) {
        String name = switch (number) {
            case 1 -> "scope_system";
            case 2 -> "scope_interface";
            case 3 -> "scope_line_card";
            case 4 -> "scope_netflow_cache";
            case 5 -> "scope_template";
            default -> "scope_" + number;
        };
        return new Element(name, Form.NUMBER);
    }

    /// Gives what waited for a template.
    private void given(Exporter from, String exporter, long key, int id, long now, Sink sink) {
        for (Waiting each = first(from, key); each != null; each = first(from, key)) {
            remove(each);
            if (now - each.since > PATIENCE) {
                unknown++;
            } else {
                data(from, exporter, ByteBuffer.wrap(each.bytes), id, each.head, now, sink);
            }
        }
    }

    private static @Nullable Waiting first(Exporter from, long key) {
        ArrayDeque<Waiting> of = from.waiting.get(key);
        return of == null ? null : of.peekFirst();
    }

    /// Takes away one that is the first of those that wait for its template.
    private void remove(Waiting first) {
        ArrayDeque<Waiting> of = first.of.waiting.get(first.template);
        if (of != null) {
            of.pollFirst();
            if (of.isEmpty()) {
                first.of.waiting.remove(first.template);
            }
        }
        waiting.remove(first);
        first.of.sets--;
        first.of.held -= first.size();
        held -= first.size();
    }

    /// Loses one of an exporter that waits: of those for the template that was waited for first.
    private void lose(Exporter of) {
        unknown++;
        remove(of.waiting.values().iterator().next().getFirst());
    }

    private void await(Exporter from, ByteBuffer set, long key, Head head, long now) {
        if (!set.hasRemaining()) {
            return;
        }
        byte[] bytes = new byte[set.remaining()];
        set.get(bytes);
        Waiting last = new Waiting(from, key, head, bytes, now);
        from.waiting.computeIfAbsent(key, k -> new ArrayDeque<>()).add(last);
        waiting.add(last);
        from.sets++;
        from.held += last.size();
        held += last.size();
        while (from.held > HELD || from.sets > WAITING) {
            lose(from);
        }
        while (!waiting.isEmpty()) {
            Waiting oldest = waiting.iterator().next();
            if (held <= HELD_BY_ALL && now - oldest.since <= PATIENCE) {
                return;
            }
            unknown++;
            remove(oldest);
        }
    }

    private void data(Exporter from, String exporter, ByteBuffer set, int id, Head head, long now, Sink sink) {
        Template template = from.templates.get(key(head, id));
        if (template == null) {
            await(from, set, key(head, id), head, now);
            return;
        }
        int least = template.least();
        // What is left is padding: less than a record, or less than four octets of a set's alignment.
        while (set.remaining() >= least && !(set.remaining() < 4 && least < 4 && isZero(set))) {
            record(from, exporter, set, id, template, head, sink);
        }
    }

    private static boolean isZero(ByteBuffer set) {
        for (int i = set.position(); i < set.limit(); i++) {
            if (set.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private void record(
            Exporter from, String exporter, ByteBuffer set, int id, Template template, Head head, Sink sink) {
        begin(exporter, head.time);
        json.raw("\"version\":").number(head.version);
        if (head.version == 9) {
            json.raw(",\"flow_seq_num\":").number(head.sequence);
            json.raw(",\"flowset_id\":").number(id);
        }
        long start = Long.MIN_VALUE;
        long last = Long.MIN_VALUE;
        long startUp = -1;
        long endUp = -1;
        long duration = -1;
        for (Field field : template.fields) {
            int length = field.length;
            if (length == VARIABLE) {
                length = set.get() & 0xFF;
                if (length == 255) {
                    length = set.getShort() & 0xFFFF;
                }
            }
            if (length > set.remaining()) {
                throw new IllegalArgumentException("a field is longer than its set");
            }
            int at = set.position();
            set.position(at + length);
            if (length == 0 && field.length == 0) {
                continue;
            }
            String name = field.element.name();
            switch (name) {
                case "first_switched", "flowStartSysUpTime" -> {
                    if (head.version == 9 && length == 4) {
                        start = switched(head.time, head.uptime, set.getInt(at));
                        time(name, start);
                        continue;
                    }
                    startUp = number(set, at, length);
                }
                case "last_switched", "flowEndSysUpTime" -> {
                    if (head.version == 9 && length == 4) {
                        last = switched(head.time, head.uptime, set.getInt(at));
                        time(name, last);
                        continue;
                    }
                    endUp = number(set, at, length);
                }
                // Before the datagram was sent.
                case "flowStartDeltaMicroseconds" -> {
                    if (length <= 4) {
                        start = head.time - number(set, at, length) / 1000;
                    }
                }
                case "flowEndDeltaMicroseconds" -> {
                    if (length <= 4) {
                        last = head.time - number(set, at, length) / 1000;
                    }
                }
                case "flowDurationMilliseconds" -> duration = length <= 4 ? number(set, at, length) : -1;
                case "flowDurationMicroseconds" -> duration = length <= 4 ? number(set, at, length) / 1000 : -1;
                default -> {}
            }
            Instant time = instant(field.element.form(), set, at, length);
            if (time != null && field.enterprise == 0) {
                long millis = time.toEpochMilli();
                if (name.equals("systemInitTimeMilliseconds") && from.started.size() < TEMPLATES) {
                    from.started.put(head.domain, millis);
                }
                if (name.startsWith("flowStart") || name.equals("flow_start_msec")) {
                    start = millis;
                } else if (name.startsWith("flowEnd") || name.equals("flow_end_msec")) {
                    last = millis;
                } else if ((name.equals("event_time_msec") || name.startsWith("observationTime"))
                        && last == Long.MIN_VALUE) {
                    last = millis;
                }
            }
            value(name, field.element.form(), time, set, at, length, head.version);
        }
        Long began = from.started.get(head.domain);
        if (start == Long.MIN_VALUE && startUp >= 0 && endUp >= 0) {
            if (began != null) {
                int uptime = (int) (head.time - began);
                start = switched(head.time, uptime, (int) startUp);
                last = switched(head.time, uptime, (int) endUp);
            } else if (endUp >= startUp) {
                // Nobody tells when it started: a flow is exported soon after its end.
                last = head.time;
                start = head.time - (endUp - startUp);
            }
        }
        if (duration >= 0 && start == Long.MIN_VALUE) {
            last = last == Long.MIN_VALUE ? head.time : last;
            start = last - duration;
        } else if (duration >= 0 && last == Long.MIN_VALUE) {
            last = start + duration;
        }
        end(start, last, head.time);
        sink.record(template.options, json.bytes(), json.length());
    }

    // ---- values

    private static long number(ByteBuffer in, int at, int length) {
        long value = 0;
        for (int i = 0; i < Math.min(8, length); i++) {
            value = value << 8 | in.get(at + i) & 0xFF;
        }
        return value;
    }

    private static final long NTP_EPOCH = 2_208_988_800L;

    private static @Nullable Instant instant(Form form, ByteBuffer in, int at, int length) {
        return switch (form) {
            case SECONDS -> length == 4 ? Instant.ofEpochSecond(unsigned(in.getInt(at))) : null;
            case MILLIS -> {
                long millis = length == 8 ? in.getLong(at) : -1;
                yield millis >= 0 && millis < 253_402_300_800_000L ? Instant.ofEpochMilli(millis) : null;
            }
            case NTP ->
                length == 8
                        ? Instant.ofEpochSecond(
                                unsigned(in.getInt(at)) - NTP_EPOCH,
                                unsigned(in.getInt(at + 4)) * 1_000_000_000L >>> 32)
                        : null;
            default -> null;
        };
    }

    private void value(String name, Form form, @Nullable Instant time, ByteBuffer in, int at, int length, int version) {
        if (time != null) {
            boolean number = version == 9 || name.equals("systemInitTimeMilliseconds");
            if (number) {
                field(name).number(form == Form.SECONDS ? time.getEpochSecond() : time.toEpochMilli());
            } else {
                time(name, time.toEpochMilli());
            }
            return;
        }
        switch (form) {
            case IP4, IP6 -> {
                if (length == 4 || length == 16) {
                    address(name, in, at, length);
                } else {
                    octets(name, in, at, length);
                }
            }
            case MAC -> {
                if (length == 6) {
                    byte[] b = bytes(in, at, length);
                    field(name).string(HexFormat.ofDelimiter(":").formatHex(b));
                } else {
                    octets(name, in, at, length);
                }
            }
            case TEXT -> {
                int end = at + length;
                while (end > at && in.get(end - 1) == 0) {
                    end--;
                }
                field(name).string(new String(bytes(in, at, end - at), StandardCharsets.UTF_8));
            }
            case FLOAT -> {
                double value = length == 8
                        ? Double.longBitsToDouble(in.getLong(at))
                        : length == 4 ? Float.intBitsToFloat(in.getInt(at)) : Double.NaN;
                if (Double.isFinite(value)) {
                    field(name).raw(Double.toString(value));
                }
            }
            case APPLICATION -> {
                if (length >= 2 && length <= 8) {
                    field(name).string((in.get(at) & 0xFF) + ".." + number(in, at + 1, length - 1));
                } else {
                    octets(name, in, at, length);
                }
            }
            case FORWARDING -> {
                if (length == 1 && version == 9) {
                    int b = in.get(at) & 0xFF;
                    field(name).raw("{\"status\":" + (b >>> 6) + ",\"reason\":" + (b & 0x3F) + "}");
                } else {
                    field(name).number(number(in, at, length));
                }
            }
            case OCTETS -> octets(name, in, at, length);
            default -> {
                if (length <= 8 && !(length == 8 && in.get(at) < 0)) {
                    field(name).number(number(in, at, length));
                } else if (length == 8) {
                    field(name).raw(Long.toUnsignedString(in.getLong(at)));
                } else {
                    octets(name, in, at, length);
                }
            }
        }
    }

    /// What no table says how to read: a number if it is as short as one, else its bytes in
    /// hexadecimal.
    private void octets(String name, ByteBuffer in, int at, int length) {
        if (length <= 4) {
            field(name).number(number(in, at, length));
        } else {
            field(name).string(HexFormat.of().formatHex(bytes(in, at, length)));
        }
    }

    private static byte[] bytes(ByteBuffer in, int at, int length) {
        byte[] b = new byte[length];
        in.get(at, b);
        return b;
    }

    private void address(String name, ByteBuffer in, int at, int length) {
        if (length == 4) {
            ip4(name, in, at);
            return;
        }
        field(name).string(ip6(in, at));
    }

    /// As RFC 5952 writes it: in lower case, the longest run of zeros (of two groups at least) as `::`.
    static String ip6(ByteBuffer in, int at) {
        int longest = 1;
        int from = -1;
        for (int i = 0; i < 8; i++) {
            int zeros = 0;
            while (i + zeros < 8 && in.getShort(at + 2 * (i + zeros)) == 0) {
                zeros++;
            }
            if (zeros > longest) {
                longest = zeros;
                from = i;
            }
        }
        StringBuilder text = new StringBuilder(40);
        for (int i = 0; i < 8; i++) {
            if (i == from) {
                text.append("::");
                i += longest - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(in.getShort(at + 2 * i) & 0xFFFF));
        }
        return text.toString();
    }

    // ---- JSON

    private void begin(String exporter, long time) {
        json.length(0);
        json.raw("{\"exporter\":").string(exporter).raw(",\"@timestamp\":");
        json.string(Instant.ofEpochMilli(time).toString()).raw(",\"netflow\":{");
    }

    /// @param start and `last`: of the flow; `Long.MIN_VALUE` if not known, when the datagram's is as
    /// good
    private void end(long start, long last, long time) {
        long until = last != Long.MIN_VALUE ? last : start != Long.MIN_VALUE ? start : time;
        long from = start != Long.MIN_VALUE ? start : until;
        json.raw("},\"start\":").string(Instant.ofEpochMilli(from).toString());
        json.raw(",\"end\":").string(Instant.ofEpochMilli(Math.max(from, until)).toString());
        json.raw(",\"duration\":").number(Math.max(0, until - from)).raw("}");
    }

    private JsonText field(String name) {
        return json.raw(",").string(name).raw(":");
    }

    private void time(String name, long millis) {
        String text = Instant.ofEpochMilli(millis).toString();
        field(name).string(text.length() == 20 ? text.substring(0, 19) + ".000Z" : text);
    }

    private void ip4(String name, ByteBuffer in, int at) {
        field(name)
                .string((in.get(at) & 0xFF) + "." + (in.get(at + 1) & 0xFF) + "." + (in.get(at + 2) & 0xFF) + "."
                        + (in.get(at + 3) & 0xFF));
    }
}
