package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.EventJson;
import io.carom.event.JsonText;
import io.carom.event.OcsfChecker;
import io.carom.source.input.InputReader;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The captures of the Security Datasets, 253,559 events as NXLog and others wrote them: all
/// are read, the network sign-ins are found, and of every kind of event the first conforms to
/// OCSF.
class WindowsCapturesTest {
    private static final Attribute PROVIDER = Attribute.of("metadata.log_provider");
    private static final Attribute CODE = Attribute.of("metadata.event_code");
    private static final Attribute HOST = Attribute.of("device.hostname");
    private static final Attribute USER = Attribute.of("user.name");
    private static final Attribute SOURCE = Attribute.of("src_endpoint.ip");
    private static final Attribute LOGON_TYPE = Attribute.of("logon_type_id");

    private final Set<String> kinds = new HashSet<>();
    private final List<String> samples = new ArrayList<>();
    private final Map<String, Long> logons = new TreeMap<>();

    @Test
    void theSevenFurtherCapturesAreReadWhole() throws IOException {
        compare("endpoint/captures-more.tar");
    }

    @Test
    void theCapturesOfTheSecurityDatasetsAreReadWhole() throws IOException {
        compare("captures/security-datasets.tar");
    }

    private void compare(String archive) throws IOException {
        Path tar = WindowsData.file(archive);
        Map<String, Long> truth = new TreeMap<>();
        Set<String> trueLogons = new TreeSet<>();
        for (String line : Files.readAllLines(WindowsData.file("endpoint/captures-truth.csv"))) {
            String[] columns = line.split(",", -1);
            // Log4Shell is a Linux server; cloud and Zeek records lie in the archive too.
            if (columns[0].equals(archive) && columns[1].matches(".*(windows|LSASS_campaign).*")) {
                truth.put(columns[1], Long.parseLong(columns[3]));
                for (String logon : columns[columns.length - 2].split(";")) {
                    if (!logon.isEmpty()) {
                        trueLogons.add((columns[1] + ">" + logon).toLowerCase(Locale.ROOT));
                    }
                }
            }
        }
        Map<String, Long> counted = new HashMap<>();
        Inputs.readOne(tar.toString(), new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream in) throws IOException {
                String member = path.substring(path.indexOf('!') + 1);
                String capture = member.substring(0, Math.max(member.indexOf('!'), 0));
                if (!path.endsWith(".json") || truth.getOrDefault(capture, 0L) == 0) {
                    return;
                }
                counted.merge(capture, events(capture, path, in), Long::sum);
            }

            @Override
            public void refused(String path, String reason) {
                throw new AssertionError(path + ": " + reason);
            }
        });
        truth.values().removeIf(n -> n == 0);
        assertEquals(truth, new TreeMap<>(counted));
        // `capture>source>host>user>type:count`, accounts of machines, the anonymous and the loopback
        // left out.
        Set<String> found = new TreeSet<>();
        logons.forEach((key, n) -> found.add(key + ":" + n));
        assertEquals(trueLogons, found);
        OcsfChecker.get().demand(samples);
        assertTrue(samples.size() > 50, samples.size() + " kinds of events");
    }

    private long events(String capture, String path, InputStream in) throws IOException {
        long[] events = new long[2];
        EventJson json = new EventJson(false);
        JsonText text = new JsonText();
        InputReader.Result result = new InputReader(Sources.installed(), null)
                .read(
                        in,
                        new InputContext(path, ZoneOffset.UTC, ReadEvents.REFERENCE),
                        new EventBatch(1 << 20),
                        (batch, records) -> {
                            events[0] += batch.rows();
                            events[1] += batch.rejects().size();
                            for (int row = 0; row < batch.rows(); row++) {
                                String code = batch.text(CODE, row);
                                if (kinds.add(batch.text(PROVIDER, row) + " " + code)) {
                                    text.length(0);
                                    json.write(batch, row, text);
                                    samples.add(text.toString());
                                }
                                String user = batch.text(USER, row);
                                if ("4624".equals(code)
                                        && batch.text(SOURCE, row) != null
                                        && !Set.of("::1", "127.0.0.1").contains(batch.text(SOURCE, row))
                                        && user != null
                                        && !user.endsWith("$")
                                        && !user.equals("ANONYMOUS LOGON")) {
                                    String key = capture + ">" + batch.text(SOURCE, row) + ">"
                                            + batch.text(HOST, row) + ">" + user + ">"
                                            + batch.number(LOGON_TYPE, row, 0);
                                    logons.merge(key.toLowerCase(Locale.ROOT), 1L, Long::sum);
                                }
                            }
                            return batch;
                        });
        assertEquals(result.records(), events[0] + events[1], path);
        assertEquals(0, events[1], "rejects in " + path);
        return events[0];
    }
}
