package io.carom.cli;

import io.carom.mail.MailScanner;
import io.carom.mail.MailVerdict;
import io.carom.mail.structure.MailCutter;
import io.carom.source.input.Inputs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;

/// What judging a mail costs.
@Command(
        name = "mail",
        header = {
            "Judges mails on one thread: how many a second of processor time, the slowest, and mails made to be slow.",
            "",
            "  carom bench mail corpus.tar.gz",
            "  carom bench mail reported/ --runs 9 --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class BenchMailCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HEAD = "From: a@b.example\nTo: c@d.example\nSubject: x\nMIME-Version: 1.0\n";

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Mails, as \"carom mail scan\" takes them.")
    List<String> paths = new ArrayList<>();

    @Option(names = "--runs", defaultValue = "5", description = "Over all mails (default ${DEFAULT-VALUE}).")
    int runs;

    private final ThreadMXBean clock = ManagementFactory.getThreadMXBean();

    @Override
    public Integer call() throws Exception {
        List<byte[]> mails = read();
        MailScanner scanner = new MailScanner(MailScanner.Settings.DEFAULT);
        for (int run = 1; run <= runs; run++) {
            long[] each = new long[mails.size()];
            long before = clock.getCurrentThreadCpuTime();
            for (int i = 0; i < each.length; i++) {
                long start = clock.getCurrentThreadCpuTime();
                scanner.scan(mails.get(i), "", false);
                each[i] = clock.getCurrentThreadCpuTime() - start;
            }
            double seconds = (clock.getCurrentThreadCpuTime() - before) / 1e9;
            Arrays.sort(each);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("run", run);
            line.put("mails", each.length);
            line.put("mails_a_second", Math.round(each.length / seconds));
            line.put("median_ms", millis(each[each.length / 2]));
            line.put("p99_ms", millis(each[Math.min(each.length - 1, each.length * 99 / 100)]));
            line.put("slowest_ms", millis(each[each.length - 1]));
            tell(line);
        }
        for (Map.Entry<String, byte[]> made : made().entrySet()) {
            Runtime runtime = Runtime.getRuntime();
            System.gc();
            long used = runtime.totalMemory() - runtime.freeMemory();
            long start = clock.getCurrentThreadCpuTime();
            MailVerdict verdict = scanner.scan(made.getValue(), "", false);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("made", made.getKey());
            line.put("bytes", made.getValue().length);
            line.put("ms", millis(clock.getCurrentThreadCpuTime() - start));
            line.put("more_heap_mb", Math.max(0, runtime.totalMemory() - runtime.freeMemory() - used) >> 20);
            line.put("verdict", verdict.verdict().label());
            line.put("not_looked_at", String.join("; ", verdict.cut()));
            tell(line);
        }
        return Exit.DONE;
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 10_000.0) / 100.0;
    }

    private void tell(Map<String, Object> line) {
        common.out().println(common.json ? JSON.writeValueAsString(line) : line.toString());
        common.out().flush();
    }

    private List<byte[]> read() throws IOException {
        List<byte[]> mails = new ArrayList<>();
        Inputs.read(Inputs.list(paths), new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream bytes) throws IOException {
                MailCutter.cut(bytes, (mail, number, envelope, cut) -> mails.add(mail));
            }

            @Override
            public void refused(String path, String reason) {
                common.fault("not read: " + Shown.text(path + ": " + reason, 400));
            }
        });
        if (mails.isEmpty()) {
            throw new IOException("there is no mail in " + String.join(", ", paths));
        }
        return mails;
    }

    private static Map<String, byte[]> made() throws IOException {
        Map<String, byte[]> made = new TreeMap<>();
        StringBuilder page = new StringBuilder(HEAD + "Content-Type: text/html\n\n<p>");
        while (page.length() < 50 << 20) {
            page.append("<a href=\"https://x.example/").append(page.length()).append("\">word and word</a> ");
        }
        made.put("50 MB page", page.toString().getBytes(StandardCharsets.ISO_8859_1));
        StringBuilder parts = new StringBuilder(HEAD + "Content-Type: multipart/mixed; boundary=b\n\n");
        for (int i = 0; i < 10_500; i++) {
            parts.append("--b\nContent-Type: text/plain\n\npart\n");
        }
        made.put("10,500 parts", parts.toString().getBytes(StandardCharsets.ISO_8859_1));
        byte[] nested = "x".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 100; i++) {
            nested = zip("a.zip", nested);
        }
        made.put("archives 100 deep", attached(nested));
        made.put("bomb of 1 GB", attached(zip("zeros", new byte[1 << 30])));
        return made;
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }

    private static byte[] attached(byte[] file) {
        return (HEAD + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/zip\n"
                        + "Content-Disposition: attachment; filename=\"a.zip\"\nContent-Transfer-Encoding: base64\n\n"
                        + Base64.getMimeEncoder().encodeToString(file) + "\n--b--\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
