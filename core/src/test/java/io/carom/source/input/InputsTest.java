package io.carom.source.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class InputsTest {
    @TempDir
    Path dir;

    private static final byte[] LOG = "one\ntwo\nthree\n".repeat(500).getBytes(StandardCharsets.UTF_8);

    private record Seen(TreeMap<String, byte[]> inputs, List<String> refused) {}

    private Seen read(String... paths) throws IOException {
        TreeMap<String, byte[]> inputs = new TreeMap<>();
        List<String> refused = new ArrayList<>();
        Inputs.Listing listing = Inputs.list(List.of(paths));
        refused.addAll(listing.missing());
        Inputs.read(listing, new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream bytes) throws IOException {
                inputs.put(brief(path), bytes.readAllBytes());
            }

            @Override
            public void refused(String path, String reason) {
                refused.add(path + ": " + reason);
            }
        });
        return new Seen(inputs, refused.stream().map(this::brief).toList());
    }

    private String brief(String path) {
        return path.replace(dir + "/", "");
    }

    private interface Packer {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] pack(byte[] plain, Packer packer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packed = packer.over(out)) {
            packed.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
            zip.closeEntry();
        }
        return out.toByteArray();
    }

    private static byte[] tar(String name, byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            TarArchiveEntry entry = new TarArchiveEntry(name, true);
            entry.setSize(content.length);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        }
        return out.toByteArray();
    }

    @Test
    void everyCompressionIsOpenedByContentWhateverTheName() throws IOException {
        Files.write(dir.resolve("a.txt"), LOG);
        Files.write(dir.resolve("b.log"), pack(LOG, GZIPOutputStream::new));
        Files.write(dir.resolve("c.gz"), pack(LOG, ZstdOutputStream::new));
        Files.write(dir.resolve("d"), pack(LOG, BZip2CompressorOutputStream::new));
        Files.write(dir.resolve("e"), pack(LOG, o -> new XZOutputStream(o, new LZMA2Options())));
        Files.write(dir.resolve("f"), zip("in/x.log", LOG));
        Files.write(dir.resolve("g"), tar("y.log", LOG));
        Files.write(dir.resolve("h"), pack(tar("z.log.gz", pack(LOG, GZIPOutputStream::new)), GZIPOutputStream::new));
        byte[] two = pack(LOG, GZIPOutputStream::new);
        byte[] twice = Arrays.copyOf(two, two.length * 2);
        System.arraycopy(two, 0, twice, two.length, two.length);
        Files.write(dir.resolve("i"), twice);
        Seen seen = read(dir.toString());
        assertEquals(List.of(), seen.refused());
        assertEquals(
                "[a.txt, b.log, c.gz, d, e, f!in/x.log, g!y.log, h!z.log.gz, i]",
                seen.inputs().keySet().toString());
        seen.inputs()
                .forEach((name, bytes) -> assertEquals(LOG.length * (name.equals("i") ? 2 : 1), bytes.length, name));
    }

    @Test
    void membersThatLeadOutOfAnArchiveAreRefused() throws IOException {
        Files.write(dir.resolve("a.zip"), zip("../../etc/cron.d/x", LOG));
        Files.write(dir.resolve("b.tar"), tar("/etc/passwd", LOG));
        Files.write(dir.resolve("c.zip"), zip("a/..\\..\\x", LOG));
        Seen seen = read(dir.toString());
        assertEquals("[]", seen.inputs().keySet().toString());
        assertEquals(3, seen.refused().size());
        assertTrue(seen.refused().stream().allMatch(r -> r.endsWith("the member's name leads out of the archive")));
    }

    @Test
    void aBombIsRefusedWithItsLimitInConstantMemory() throws IOException {
        // Zeros twice compressed: about 1 MB a kilobyte.
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gz = new GZIPOutputStream(new GZIPOutputStream(out))) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 400; i++) {
                gz.write(zeros);
            }
        }
        Files.write(dir.resolve("bomb.gz"), out.toByteArray());
        long[] most = new long[1];
        List<String> refused = new ArrayList<>();
        Inputs.read(Inputs.list(List.of(dir.toString())), new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream bytes) throws IOException {
                byte[] buffer = new byte[1 << 16];
                for (int got; (got = bytes.read(buffer)) > 0; ) {
                    most[0] += got;
                }
            }

            @Override
            public void refused(String path, String reason) {
                refused.add(reason);
            }
        });
        assertEquals(1, refused.size());
        assertTrue(refused.getFirst().endsWith("it expands more than 1000 times, as a decompression bomb does"));
        assertTrue(most[0] < Inputs.FREE_BYTES + (64 << 20), "bytes given: " + most[0]);
    }

    @Test
    void damagedDataIsReadUpToTheDamage() throws IOException {
        byte[] whole = pack(LOG, GZIPOutputStream::new);
        Files.write(dir.resolve("cut.gz"), Arrays.copyOf(whole, whole.length - 12));
        Files.write(dir.resolve("nothing.gz"), new byte[] {0x1F, (byte) 0x8B, 8});
        Files.write(dir.resolve("wrong.gz"), LOG);
        Seen seen = read(dir.toString());
        assertEquals(2, seen.refused().size(), seen.refused().toString());
        assertEquals(LOG.length, seen.inputs().get("wrong.gz").length);
        assertTrue(seen.inputs().get("cut.gz").length > 0);
        assertTrue(
                seen.refused().getFirst().startsWith("cut.gz: read up to byte "),
                seen.refused().getFirst());
        assertTrue(seen.refused().getFirst().endsWith("the compressed data ends too early"));
    }

    @Test
    void loopsMissingFilesAndGlobsAreToldOrFound() throws IOException {
        Files.createDirectories(dir.resolve("sub/deep"));
        Files.write(dir.resolve("sub/deep/x.log"), LOG);
        Files.write(dir.resolve("sub/y.txt"), LOG);
        Files.createSymbolicLink(dir.resolve("sub/deep/loop"), dir.resolve("sub"));
        Seen seen = read(dir + "/sub", dir + "/none", dir + "/**/*.log", dir + "/*.nothing");
        assertEquals("[sub/deep/x.log, sub/y.txt]", seen.inputs().keySet().toString());
        assertEquals(
                List.of(
                        "sub/deep/loop: a link that leads back to a folder above it",
                        "none: no such file or folder",
                        "sub/deep/loop: a link that leads back to a folder above it",
                        "*.nothing: nothing matches"),
                seen.refused());
    }

    @Test
    void archivesNestedWithoutEndAreRefused() throws IOException {
        byte[] inner = LOG;
        for (int i = 0; i < 8; i++) {
            inner = zip("n" + i + ".zip", inner);
        }
        Files.write(dir.resolve("nest.zip"), inner);
        Seen seen = read(dir.toString());
        assertEquals(0, seen.inputs().size());
        assertTrue(seen.refused().getFirst().endsWith("archives are nested deeper than 5"));
    }

    /// In an archive nothing says at a gzip member's end that another comes, as little as in a pipe that is
    /// waited for.
    @Test
    void everyGzipMemberIsReadWhereverOneEnds() throws IOException {
        byte[] line = "a\n".getBytes(StandardCharsets.UTF_8);
        byte[] member = pack(line, GZIPOutputStream::new);
        assertTrue(member.length <= 26, "so small that no member's end leaves enough to be seen");
        int count = 3 * (1 << 16) / member.length;
        byte[] many = new byte[count * member.length];
        for (int i = 0; i < count; i++) {
            System.arraycopy(member, 0, many, i * member.length, member.length);
        }
        Files.write(dir.resolve("a.gz"), many);
        Files.write(dir.resolve("b.zip"), zip("in.gz", many));
        Files.write(dir.resolve("c.tar"), tar("in.gz", many));
        Files.write(dir.resolve("d.tgz"), pack(tar("in.gz", many), GZIPOutputStream::new));
        Seen seen = read(dir.toString());
        assertEquals(List.of(), seen.refused());
        assertEquals(4, seen.inputs().size());
        seen.inputs().forEach((name, bytes) -> assertEquals(2 * count, bytes.length, name));
    }

    @Test
    void aMemberThatCannotBeUnpackedIsToldInANestedArchiveToo() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out)) {
            ZipArchiveEntry odd = new ZipArchiveEntry("odd.log");
            odd.setMethod(14);
            odd.setSize(9);
            odd.setCompressedSize(5);
            odd.setCrc(0);
            zip.addRawArchiveEntry(odd, new ByteArrayInputStream(new byte[5]));
            zip.putArchiveEntry(new ZipArchiveEntry("x.log"));
            zip.write(LOG);
            zip.closeArchiveEntry();
        }
        Files.write(dir.resolve("a.zip.gz"), pack(out.toByteArray(), GZIPOutputStream::new));
        Files.write(dir.resolve("b.zip"), out.toByteArray());
        Seen seen = read(dir.toString());
        assertEquals("[a.zip.gz!x.log, b.zip!x.log]", seen.inputs().keySet().toString());
        assertEquals(
                List.of(
                        "a.zip.gz!odd.log: a compression method that is not read",
                        "b.zip!odd.log: a compression method that is not read"),
                seen.refused());
    }
}
