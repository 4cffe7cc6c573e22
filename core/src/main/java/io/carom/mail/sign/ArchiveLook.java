package io.carom.mail.sign;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.sevenz.SevenZArchiveEntry;
import org.apache.commons.compress.archivers.sevenz.SevenZFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/// What is in an archive, within bounds over all that lie in it: {@link #MEMBERS} members, {@link
/// #BYTES} bytes unpacked, {@link #DEPTH} archives deep. What is locked is not opened; its names
/// may be read all the same.
///
/// @param members of it and of archives in it; archives themselves by their names alone
/// @param locked whether a member is encrypted
/// @param deep whether archives lie in it deeper than is looked
/// @param bomb whether it gives more than is looked at, or very much more than it is
/// @param document whether it is an office document
/// @param macro whether it is a document with macros
record ArchiveLook(List<Member> members, boolean locked, boolean deep, boolean bomb, boolean document, boolean macro) {
    static final int DEPTH = 8;
    static final int MEMBERS = 2_000;
    static final long BYTES = 64L << 20;
    private static final int MEMBER = 4 << 20;
    private static final int RATIO = 200;

    /// @param bytes of it, as far as they were kept; none of what is locked, or not unpacked here
    record Member(String name, byte[] bytes) {}

    static ArchiveLook of(byte[] bytes, Content content) {
        Reader reader = new Reader();
        reader.open(bytes, content, 0);
        return new ArchiveLook(
                List.copyOf(reader.members), reader.locked, reader.deep, reader.bomb, reader.document, reader.macro);
    }

    private static final class Reader {
        private final List<Member> members = new ArrayList<>();
        private boolean locked;
        private boolean deep;
        private boolean bomb;
        private boolean document;
        private boolean macro;
        private long left = BYTES;
        private int count;

        void open(byte[] bytes, Content content, int depth) {
            if (depth > DEPTH) {
                deep = true;
                return;
            }
            try {
                switch (content) {
                    case ZIP -> zip(bytes, depth);
                    case SEVEN -> seven(bytes, depth);
                    case TAR -> tar(new ByteArrayInputStream(bytes), depth);
                    case GZIP -> {
                        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                            byte[] plain = read(in, MEMBER * 4L, bytes.length);
                            Content inner = Content.of(plain);
                            if (isArchive(inner)) {
                                open(plain, inner, depth + 1);
                            } else {
                                members.add(new Member("", plain));
                            }
                        }
                    }
                    case RAR -> named(ArchiveNames.rar(bytes, MEMBERS));
                    case CAB -> named(ArchiveNames.cab(bytes, MEMBERS));
                    default -> {}
                }
            } catch (IOException | RuntimeException e) {
                // Damaged: what was read of it counts.
                document |= false;
            }
        }

        /// What is not unpacked is known by its name.
        private void named(ArchiveNames names) {
            locked |= names.locked();
            for (String name : names.names()) {
                if (++count > MEMBERS) {
                    bomb = true;
                    return;
                }
                members.add(new Member(name, new byte[0]));
            }
        }

        private void zip(byte[] bytes, int depth) throws IOException {
            try (ZipArchiveInputStream zip =
                    new ZipArchiveInputStream(new ByteArrayInputStream(bytes), "UTF-8", true, true)) {
                for (ZipArchiveEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    String name = entry.getName();
                    if (name.equals("[Content_Types].xml") && depth == 0) {
                        document = true;
                    }
                    if (name.toLowerCase(Locale.ROOT).endsWith("vbaproject.bin")) {
                        macro = true;
                    }
                    if (entry.getGeneralPurposeBit().usesEncryption()) {
                        locked = true;
                        members.add(new Member(name, new byte[0]));
                        if (++count > MEMBERS) {
                            bomb = true;
                            return;
                        }
                        continue;
                    }
                    if (!entry.isDirectory() && !zip.canReadEntryData(entry)) {
                        // Packed in a way that is not read here: it has a name all the same.
                        named(new ArchiveNames(List.of(name), false));
                    } else if (!entry.isDirectory() && !member(name, zip, bytes.length, depth)) {
                        return;
                    }
                }
            }
        }

        private void tar(InputStream in, int depth) throws IOException {
            try (TarArchiveInputStream tar = new TarArchiveInputStream(in, true)) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    if (entry.isFile() && !member(entry.getName(), tar, 1 << 20, depth)) {
                        return;
                    }
                }
            }
        }

        private void seven(byte[] bytes, int depth) throws IOException {
            try (SevenZFile seven = SevenZFile.builder()
                    .setSeekableByteChannel(new SeekableInMemoryByteChannel(bytes))
                    .setMaxMemoryLimitKiB(64 << 10)
                    .get()) {
                for (SevenZArchiveEntry entry = seven.getNextEntry(); entry != null; entry = seven.getNextEntry()) {
                    if (!entry.isDirectory()
                            && entry.hasStream()
                            && !member(
                                    String.valueOf(entry.getName()),
                                    seven.getInputStream(entry),
                                    bytes.length,
                                    depth)) {
                        return;
                    }
                }
            } catch (org.apache.commons.compress.PasswordRequiredException e) {
                locked = true;
            }
        }

        /// False if no more may be read.
        private boolean member(String name, InputStream in, int whole, int depth) throws IOException {
            if (++count > MEMBERS || left <= 0) {
                bomb = true;
                return false;
            }
            byte[] plain = read(in, MEMBER, whole);
            Content content = Content.of(plain);
            if (isArchive(content)) {
                // A program may be an archive by its content, as one for Java is.
                members.add(new Member(name, new byte[0]));
                open(plain, content, depth + 1);
            } else {
                members.add(new Member(name, plain));
            }
            return !bomb;
        }

        private byte[] read(InputStream in, long most, int whole) throws IOException {
            byte[] plain = in.readNBytes((int) Math.min(most, Math.max(1, left)));
            long size = plain.length;
            byte[] window = new byte[1 << 16];
            // The rest is counted, not kept, until it is known for a bomb.
            while (size >= most && left - size > 0) {
                int got = in.read(window);
                if (got < 0) {
                    break;
                }
                size += got;
            }
            left -= size;
            if (left <= 0 || size > 1 << 20 && size / RATIO > whole) {
                bomb = true;
            }
            return plain;
        }

        private static boolean isArchive(Content content) {
            return switch (content) {
                case ZIP, SEVEN, RAR, GZIP, TAR, CAB -> true;
                default -> false;
            };
        }
    }
}
