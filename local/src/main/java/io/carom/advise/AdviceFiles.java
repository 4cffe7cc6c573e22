package io.carom.advise;

import io.carom.intel.IntelExport;
import io.carom.intel.StixObjects;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The files of one client's package: for people a page and a PDF, for machines STIX 2.1, MISP and CSV.
public final class AdviceFiles {
    public static final String PAGE = "advise.html";
    public static final String PDF = "advise.pdf";
    public static final String STIX = "advise.stix.json";
    public static final String MISP = "advise.misp.json";
    public static final String INDICATORS = "indicators.csv";
    public static final String SIGHTINGS = "sightings.csv";

    /// All of them.
    public static final List<String> NAMES = List.of(PAGE, PDF, STIX, MISP, INDICATORS, SIGHTINGS);

    private static final ObjectMapper JSON = new ObjectMapper();

    private AdviceFiles() {}

    /// The media type of one of them.
    public static String type(String name) {
        return switch (name) {
            case PAGE -> "text/html; charset=utf-8";
            case PDF -> "application/pdf";
            case STIX -> "application/stix+json;version=2.1";
            case MISP -> "application/json";
            default -> "text/csv; charset=utf-8";
        };
    }

    /// The files by name.
    ///
    /// @throws LeakException if anything in them may not be known to the client; then nothing is to be
    /// given to it
    public static Map<String, byte[]> of(Advice in, Audience audience) throws IOException {
        Map<String, byte[]> files = unchecked(in);
        LeakScan.check(files, audience, unchecked(empty(in)));
        return files;
    }

    /// Looks through files that were made before, by what is known of others now.
    ///
    /// @throws LeakException if anything in them may not be known to the client
    static void check(Map<String, byte[]> files, Audience audience, Instant made, Tlp tlp) throws IOException {
        Advice nothing = new Advice("x", made, tlp, "", "", "", List.of(), List.of(), List.of(), List.of(), List.of());
        LeakScan.check(files, audience, unchecked(nothing));
    }

    /// The same with nothing told: what stands in every package.
    private static Advice empty(Advice in) {
        return new Advice("x", in.made(), in.tlp(), "", "", "", List.of(), List.of(), List.of(), List.of(), List.of());
    }

    static Map<String, byte[]> unchecked(Advice in) throws IOException {
        List<ThreatIndicator> indicators =
                in.indicators().stream().map(Advice.Seen::indicator).toList();
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(PAGE, utf8(AdvicePage.of(in)));
        files.put(PDF, AdvicePdf.of(in));
        files.put(STIX, utf8(AdviceStix.of(in)));
        files.put(MISP, utf8(misp(indicators, in)));
        files.put(INDICATORS, utf8(IntelExport.CSV.write(indicators, in.made()).text()));
        files.put(SIGHTINGS, utf8(AdviceTables.sightings(in)));
        return files;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// The event of the exporter, with the marking of the package and who saw what how often.
    private static String misp(List<ThreatIndicator> indicators, Advice in) {
        ObjectNode all = (ObjectNode)
                JSON.readTree(IntelExport.MISP.write(indicators, in.made()).text());
        ObjectNode event = (ObjectNode) all.get("Event");
        // Of each client there is one event, which a later package changes: MISP takes no attribute's UUID a second
        // time in another event. No other client's has its UUIDs.
        String uuid = uuid("advice for " + in.client());
        event.put("uuid", uuid)
                .put("timestamp", String.valueOf(in.made().getEpochSecond()))
                .put("info", "Advice for " + in.client());
        Tlp strictest = in.tlp();
        for (ThreatIndicator one : indicators) {
            strictest = java.util.Objects.requireNonNull(
                    Tlp.stricter(strictest, one.facts().tlp()));
        }
        event.putArray("Tag").addObject().put("name", strictest.tag());
        Map<String, Advice.Seen> byValue = new LinkedHashMap<>();
        in.indicators().forEach(s -> byValue.put(s.indicator().value(), s));
        for (JsonNode attribute : event.path("Attribute")) {
            String value = attribute.path("value").asString("");
            ((ObjectNode) attribute)
                    .put("uuid", uuid(uuid + " " + attribute.path("type").asString("") + " " + value));
            Advice.Seen seen = byValue.get(value.startsWith("http://") ? value.substring(7) : value);
            if (seen != null) {
                ((ObjectNode) attribute)
                        .put("first_seen", seen.first().toString())
                        .put("last_seen", seen.last().toString());
                ArrayNode sightings = ((ObjectNode) attribute).putArray("Sighting");
                sightings
                        .addObject()
                        .put("type", "0")
                        .put("source", in.client())
                        .put("date_sighting", String.valueOf(seen.last().getEpochSecond()));
            }
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
    }

    private static String uuid(String of) {
        String id = StixObjects.id("event", of);
        return id.substring(id.indexOf("--") + 2);
    }

    /// Writes them into a folder, which is made if needed; each has its name once it is whole.
    public static void write(Map<String, byte[]> files, Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path part = folder.resolve(file.getKey() + ".part");
            Files.write(part, file.getValue());
            Files.move(part, folder.resolve(file.getKey()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /// A print of what is told, the same whenever the same is told: times at which it was made do not
    /// count, nor how far the response is, which telling changes, nor what age takes from indicators.
    public static String digest(Advice in) throws IOException {
        Advice timeless = new Advice(
                in.client(),
                Instant.EPOCH,
                in.tlp(),
                in.sender(),
                in.contact(),
                in.headline(),
                in.incidents().stream().map(Advice.Case::lasting).toList(),
                in.indicators().stream().map(Advice.Seen::lasting).toList(),
                in.actions(),
                in.unknown(),
                in.reach());
        return HexFormat.of().formatHex(sha256(utf8(AdvicePage.whole(timeless))), 0, 12);
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
