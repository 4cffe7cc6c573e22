package io.carom.source.evtx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

/// Every record of every real log, field by field, against what the libevtx project's `evtxexport`
/// makes of it (Debian: `libevtx-utils`).
class LibevtxDifferentialTest {
    private static final Pattern GUID = Pattern.compile("\\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})}?");
    private static final Pattern TIME = Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{7})(?:00)?Z");
    private static final Pattern HEX = Pattern.compile("^0x0+([0-9a-f]+)$");
    private static final Pattern NOT_XML = Pattern.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\ufffe\uffff]");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void libevtxFindsTheSameFieldsInEveryRecord() throws Exception {
        Path program = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(p -> Path.of(p, "evtxexport"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(program != null, "evtxexport is not installed (Debian: libevtx-utils)");
        List<String> differences = new ArrayList<>();
        int records = 0;
        for (String archive : List.of(RealLogs.SAMPLES, RealLogs.REGRESSION)) {
            for (Map.Entry<String, byte[]> file : RealLogs.in(archive, ".evtx").entrySet()) {
                List<Seen.Found> ours = Seen.in(file.getValue()).records;
                List<String> theirs = export(program, file.getValue());
                assertEquals(theirs.size(), ours.size(), file.getKey());
                for (int i = 0; i < theirs.size(); i++) {
                    List<String> their = fields(theirs.get(i));
                    List<String> our = ours.get(i).fields().stream()
                            .filter(f -> !f.path().contains(".#attributes.xmlns"))
                            // An element whose optional value is null: libevtx leaves it out, we keep it
                            // as null.
                            .filter(f -> f.kind() != EvtxSink.NULL || their.contains(f.path() + "="))
                            .map(f -> f.path() + "=" + normal(f.value()))
                            .sorted()
                            .toList();
                    if (!their.equals(our)) {
                        differences.add(file.getKey() + " record " + (i + 1) + ": " + first(their, our));
                    }
                    records++;
                }
            }
        }
        assertTrue(records >= 3031, "compared " + records);
        assertEquals(List.of(), differences);
    }

    private static String first(List<String> their, List<String> our) {
        for (int i = 0; i < Math.max(their.size(), our.size()); i++) {
            String a = i < their.size() ? their.get(i) : "nothing";
            String b = i < our.size() ? our.get(i) : "nothing";
            if (!a.equals(b)) {
                return a + " / " + b;
            }
        }
        return "";
    }

    private List<String> export(Path program, byte[] file) throws IOException, InterruptedException {
        Path log = folder.resolve("log.evtx");
        Path xml = folder.resolve("log.xml");
        Files.write(log, file);
        Process process = new ProcessBuilder(program.toString(), "-f", "xml", log.toString())
                .redirectOutput(xml.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertEquals(0, process.waitFor());
        String text = Files.readString(xml, StandardCharsets.UTF_8);
        List<String> events = new ArrayList<>();
        int at = text.indexOf("<Event ");
        while (at >= 0) {
            int end = text.indexOf("</Event>\n", at) + "</Event>".length();
            // XML cannot hold what some scripts in these logs do hold.
            events.add(NOT_XML.matcher(text.substring(at, end)).replaceAll("?"));
            at = text.indexOf("<Event ", end);
        }
        return events;
    }

    private static List<String> fields(String event) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        builder.setErrorHandler(null);
        Element root = builder.parse(new InputSource(new StringReader(event))).getDocumentElement();
        List<String> fields = new ArrayList<>();
        flatten(root, root.getTagName(), fields);
        // A DOM does not keep the order of attributes.
        fields.sort(null);
        return fields;
    }

    private static void flatten(Element element, String path, List<String> fields) {
        boolean data = element.getTagName().equals("Data") && element.hasAttribute("Name");
        int before = fields.size();
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            Node attribute = element.getAttributes().item(i);
            if (!attribute.getNodeName().startsWith("xmlns")
                    && !(data && attribute.getNodeName().equals("Name"))) {
                fields.add(path + ".#attributes." + attribute.getNodeName() + "=" + normal(attribute.getNodeValue()));
            }
        }
        boolean leaf = true;
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element inner) {
                leaf = false;
                boolean named = inner.getTagName().equals("Data") && inner.hasAttribute("Name");
                flatten(inner, path + "." + (named ? inner.getAttribute("Name") : inner.getTagName()), fields);
            }
        }
        if (leaf && (!element.getTextContent().isEmpty() || fields.size() == before)) {
            fields.add(path + "=" + normal(element.getTextContent()));
        }
    }

    /// GUIDs without braces in capitals, times with seven digits, hexadecimal numbers without leading
    /// zeros, ends of lines as XML has them, and no characters that it cannot have.
    private static String normal(String value) {
        if (GUID.matcher(value).matches()) {
            return GUID.matcher(value).replaceAll("$1").toUpperCase(Locale.ROOT);
        }
        String times = HEX.matcher(TIME.matcher(value).replaceAll("$1Z")).replaceAll("0x$1");
        return NOT_XML.matcher(times).replaceAll("?").replace("\r\n", "\n").replace('\r', '\n');
    }
}
