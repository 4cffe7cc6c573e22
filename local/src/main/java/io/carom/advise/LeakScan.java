package io.carom.advise;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jsoup.Jsoup;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Looks once more through the finished files for what their client may not know: the bytes as they
/// are, and what they say when they are read (text of the PDF and of the page, strings of JSON).
final class LeakScan {
    private static final ObjectMapper JSON = new ObjectMapper();

    private LeakScan() {}

    /// @param frame files that tell nothing: a word that stands in every package gives nobody away
    /// @throws LeakException naming file and term
    static void check(Map<String, byte[]> files, Audience audience, Map<String, byte[]> frame) throws IOException {
        Map<String, Set<String>> usual = new HashMap<>();
        for (Map.Entry<String, byte[]> file : frame.entrySet()) {
            usual.put(file.getKey(), leaks(file.getKey(), file.getValue(), audience));
        }
        List<String> found = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Set<String> leaks = leaks(file.getKey(), file.getValue(), audience);
            leaks.removeAll(usual.getOrDefault(file.getKey(), Set.of()));
            leaks.forEach(leak -> found.add("\"" + leak + "\" in " + file.getKey()));
        }
        if (!found.isEmpty()) {
            throw new LeakException(audience.client(), found);
        }
    }

    private static Set<String> leaks(String name, byte[] bytes, Audience audience) throws IOException {
        Set<String> leaks = new TreeSet<>();
        for (String text : texts(name, bytes)) {
            leaks.addAll(audience.leaks(text));
        }
        return leaks;
    }

    /// What a file says, raw and read.
    static List<String> texts(String name, byte[] bytes) throws IOException {
        Set<String> texts = new LinkedHashSet<>();
        if (name.endsWith(".pdf")) {
            try (PDDocument pdf = Loader.loadPDF(bytes)) {
                String text = new PDFTextStripper().getText(pdf);
                texts.add(text);
                // Words that are broken over lines are one.
                texts.add(text.replace("\r", "").replace("\n", ""));
                texts.add(String.valueOf(pdf.getDocumentInformation().getTitle()));
            }
            return List.copyOf(texts);
        }
        String raw = new String(bytes, StandardCharsets.UTF_8);
        texts.add(raw);
        if (name.endsWith(".html")) {
            var page = Jsoup.parse(raw);
            texts.add(page.text());
            texts.add(page.wholeText());
        } else if (name.endsWith(".json")) {
            strings(JSON.readTree(raw), texts);
        }
        return List.copyOf(texts);
    }

    private static void strings(JsonNode node, Set<String> into) {
        if (node.isString()) {
            into.add(node.asString(""));
        }
        node.propertyStream().forEach(p -> into.add(p.getKey()));
        node.forEach(child -> strings(child, into));
    }
}
