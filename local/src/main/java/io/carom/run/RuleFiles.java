package io.carom.run;

import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleReader;
import io.carom.detect.sigma.RuleSet;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/// Reads Sigma rules from what a user names: files, folders, globs, archives. In folders and archives,
/// files that end in `.yml` or `.yaml` are rules and others are passed by.
public final class RuleFiles {
    private record Text(String file, String text) {}

    /// Files that are parsed together, while those behind them are read.
    private static final int TOGETHER = 128;

    /// Bytes of text that wait to be parsed.
    private static final long HELD = 32 << 20;

    private RuleFiles() {}

    /// Reads and links all rules. A file that cannot be read is a fault among the others.
    public static RuleSet read(List<Path> paths, Placeholders placeholders) throws IOException {
        List<RuleReader.Documents> documents = new ArrayList<>();
        RuleReader reader = new RuleReader(placeholders);
        for (Path path : paths) {
            boolean named = Files.isRegularFile(path);
            Inputs.Listing listing = Inputs.list(List.of(path.toString()));
            listing.missing().forEach(missing -> documents.add(fault(missing)));
            List<Text> texts = new ArrayList<>();
            List<CompletableFuture<List<RuleReader.Documents>>> parsed = new ArrayList<>();
            long[] held = {0};
            Inputs.read(listing, new Inputs.Visitor() {
                @Override
                public void input(String file, Instant modified, InputStream bytes) throws IOException {
                    String lower = file.toLowerCase(Locale.ROOT);
                    if (named && !file.contains("!") || lower.endsWith(".yml") || lower.endsWith(".yaml")) {
                        // A character takes one to four bytes; one more than can be taken is refused.
                        byte[] all = bytes.readNBytes(4 * RuleReader.MAX_CHARS + 1);
                        texts.add(new Text(file, new String(all, StandardCharsets.UTF_8)));
                        held[0] += all.length;
                        if (texts.size() == TOGETHER || held[0] > HELD) {
                            parsed.add(parse(reader, texts));
                        }
                        if (held[0] > HELD) {
                            parsed.forEach(CompletableFuture::join);
                            held[0] = 0;
                        }
                    }
                }

                @Override
                public void refused(String file, String reason) {
                    documents.add(fault(file + ": " + reason));
                }
            });
            parsed.add(parse(reader, texts));
            parsed.forEach(some -> documents.addAll(some.join()));
        }
        return RuleSet.of(documents);
    }

    /// On another core: to read thousands of files and to parse them takes about as long.
    private static CompletableFuture<List<RuleReader.Documents>> parse(RuleReader reader, List<Text> texts) {
        List<Text> some = List.copyOf(texts);
        texts.clear();
        return CompletableFuture.supplyAsync(() ->
                some.stream().map(text -> reader.read(text.file, text.text)).toList());
    }

    private static RuleReader.Documents fault(String message) {
        int colon = message.lastIndexOf(": ");
        return new RuleReader.Documents(
                List.of(),
                List.of(),
                List.of(),
                List.of(new RuleFault(
                        message.substring(0, Math.max(0, colon)),
                        1,
                        1,
                        message.substring(colon < 0 ? 0 : colon + 2),
                        true)));
    }
}
