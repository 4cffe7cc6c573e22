package io.carom.source.input;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.github.luben.zstd.ZstdOutputStream;
import io.carom.Mutation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// Whatever bytes a file has, opening it ends: with what could be read, and a line for what could not.
class InputsFuzzTest {
    private static final byte[] LOG = "one two three\n".repeat(40).getBytes(StandardCharsets.UTF_8);
    private static final long MOST = 512L << 20;

    private interface Packer {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] pack(byte[] plain, Packer packer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packed = packer.over(out)) {
            packed.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static Stream<byte[]> seeds() {
        byte[] gzip = pack(LOG, GZIPOutputStream::new);
        byte[] tar = pack(LOG, out -> {
            TarArchiveOutputStream archive = new TarArchiveOutputStream(out);
            TarArchiveEntry entry = new TarArchiveEntry("a/b.log");
            entry.setSize(LOG.length);
            archive.putArchiveEntry(entry);
            return new java.io.FilterOutputStream(archive) {
                @Override
                public void close() throws IOException {
                    archive.closeArchiveEntry();
                    archive.close();
                }
            };
        });
        byte[] zip = pack(gzip, out -> {
            ZipOutputStream archive = new ZipOutputStream(out);
            archive.putNextEntry(new ZipEntry("a/b.log.gz"));
            return archive;
        });
        return Stream.of(
                gzip,
                tar,
                zip,
                pack(zip, GZIPOutputStream::new),
                pack(tar, ZstdOutputStream::new),
                pack(LOG, ZstdOutputStream::new),
                pack(LOG, BZip2CompressorOutputStream::new),
                pack(LOG, o -> new XZOutputStream(o, new LZMA2Options())));
    }

    @MethodSource("seeds")
    @FuzzTest
    void anyFile(byte[] bytes) throws IOException {
        holds(bytes);
    }

    @Test
    void spoiltArchivesAreReadToTheDamage() throws IOException {
        List<byte[]> samples = seeds().toList();
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 400; i++) {
            holds(Mutation.of(samples, random));
        }
    }

    private static void holds(byte[] bytes) throws IOException {
        Path file = Files.createTempFile("carom", ".input");
        try {
            Files.write(file, bytes);
            Inputs.readOne(file.toString(), new Inputs.Visitor() {
                @Override
                public void input(String path, Instant modified, InputStream in) throws IOException {
                    byte[] buffer = new byte[1 << 16];
                    long seen = 0;
                    for (int got; (got = in.read(buffer)) > 0; ) {
                        seen += got;
                        if (seen > MOST) {
                            throw new AssertionError("more than " + MOST + " bytes out of " + bytes.length);
                        }
                    }
                }

                @Override
                public void refused(String path, String reason) {
                    if (reason.isBlank()) {
                        throw new AssertionError("refused without a reason");
                    }
                }
            });
        } finally {
            Files.delete(file);
        }
    }
}
