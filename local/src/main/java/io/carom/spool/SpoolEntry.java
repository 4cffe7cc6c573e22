package io.carom.spool;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Some records that came together: what one listener received from one sender at one time.
///
/// @param client whose they are; the tenant
/// @param source the name of what received them, as shown to people: `firewalls`, `/var/log/auth.log`
/// @param format how they are to be read; empty for: by their content
/// @param sender who sent them, as far as the network says so; may be empty
/// @param arrived when they came, milliseconds since 1970
/// @param head what stands at the beginning of the file that they are of, for formats whose header says
/// how a record is read; mostly empty
/// @param body the records, each ended by a line feed
public record SpoolEntry(
        String client, String source, String format, String sender, long arrived, byte[] head, byte[] body) {
    /// Names are cut to so many bytes: a sender may hold the path of a file.
    private static final int NAME = 1 << 13;

    private static final byte VERSION = 1;

    /// Without a head.
    public SpoolEntry(String client, String source, String format, String sender, long arrived, byte[] body) {
        this(client, source, format, sender, arrived, new byte[0], body);
    }

    /// Bytes of its frame's content.
    int size() {
        return 1
                + 8
                + 4 * 2
                + 4
                + name(client).length
                + name(source).length
                + name(format).length
                + name(sender).length
                + head.length
                + body.length;
    }

    private static byte[] name(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= NAME ? bytes : java.util.Arrays.copyOf(bytes, NAME);
    }

    void write(ByteBuffer to) {
        to.put(VERSION).putLong(arrived);
        for (String text : new String[] {client, source, format, sender}) {
            byte[] bytes = name(text);
            to.putShort((short) bytes.length).put(bytes);
        }
        to.putInt(head.length).put(head).put(body);
    }

    /// @throws IllegalArgumentException if this is no entry
    static SpoolEntry read(ByteBuffer from) {
        try {
            byte version = from.get();
            if (version != VERSION) {
                throw new IllegalArgumentException("an entry of version " + version);
            }
            long arrived = from.getLong();
            String[] texts = new String[4];
            for (int i = 0; i < texts.length; i++) {
                byte[] bytes = new byte[from.getShort()];
                from.get(bytes);
                texts[i] = new String(bytes, StandardCharsets.UTF_8);
            }
            byte[] head = new byte[from.getInt()];
            from.get(head);
            byte[] body = new byte[from.remaining()];
            from.get(body);
            return new SpoolEntry(texts[0], texts[1], texts[2], texts[3], arrived, head, body);
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            throw new IllegalArgumentException("an entry that is cut short", e);
        }
    }
}
