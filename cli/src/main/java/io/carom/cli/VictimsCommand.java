package io.carom.cli;

import io.carom.config.ConfigException;
import io.carom.party.PartiesFile;
import io.carom.victim.Client;
import io.carom.victim.ClientList;
import io.carom.victim.Match;
import io.carom.victim.NameList;
import io.carom.victim.Victims;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;

/// Whom the names on an intruder's server mean.
@Command(
        name = "victims",
        header = {
            "Names found on an intruder's server, to the clients they mean, or to nobody.",
            "",
            "  carom victims --names listing.txt --clients clients.csv",
            "  carom victims --names - --clients clients.csv --json < hosts.txt",
            ""
        },
        mixinStandardHelpOptions = true)
final class VictimsCommand implements Callable<Integer> {
    /// More than this of names is no listing that somebody took down.
    private static final int MAX_BYTES = 256 << 20;

    private static final Charset WINDOWS = Charset.forName("windows-1252");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Option(
            names = "--names",
            paramLabel = "PATH",
            required = true,
            description =
                    "Names, one a line: a list, a listing (ls, dir, tree, unzip, 7z, tar), CSV with a header, passive"
                            + " DNS as NDJSON, a ransom note; files, folders, globs, archives, or - for standard"
                            + " input. May be given several times.")
    List<String> names = new ArrayList<>();

    @Option(
            names = "--clients",
            paramLabel = "PATH",
            description =
                    "The clients: a parties file, CSV (name, domains, aliases, tickers), JSON, or a name or domain a"
                            + " line (default: parties.yaml in this folder, then in the home; without any, domains within host"
                            + " names are told as they stand).")
    @Nullable
    Path clients;

    private int all;
    private int strange;

    @Override
    public Integer call() throws Exception {
        List<Client> known = clients();
        Victims victims = new Victims(known);
        Map<String, Integer> byClient = new TreeMap<>();
        for (String from : names) {
            PathInputs.read(
                    from,
                    (path, bytes) -> {
                        for (String name : names(path, bytes)) {
                            all++;
                            Match match = victims.find(name);
                            if (match.client() != null) {
                                byClient.merge(match.client(), 1, Integer::sum);
                            }
                            print(match);
                        }
                    },
                    this::strange);
        }
        common.note(Shown.count(all) + " names; " + Shown.count(byClient.size())
                + (byClient.size() == 1 ? " client is" : " clients are") + " named by "
                + Shown.count(byClient.values().stream().mapToInt(n -> n).sum()) + " of them, of "
                + Shown.count(known.size()) + " in the list.");
        return strange > 0 ? Exit.SOME_REJECTED : Exit.DONE;
    }

    private void strange(String what) {
        strange++;
        common.fault("not read: " + Shown.text(what, 400));
    }

    private List<String> names(String path, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            strange(path + ": more than " + MAX_BYTES + " bytes of names; split it");
            return List.of();
        }
        String text = text(bytes);
        if (text.chars().filter(c -> c == 0).count() * 10 > text.length()) {
            strange(path + ": is no text");
            return List.of();
        }
        return NameList.parse(text);
    }

    /// UTF-16, as PowerShell writes listings, by its mark; else UTF-8, and for a line that is none what
    /// Windows wrote before: names of many makers lie in one listing.
    static String text(byte[] bytes) {
        if (bytes.length > 1 && (bytes[0] & 0xFF) == 0xFF && (bytes[1] & 0xFF) == 0xFE) {
            return new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16LE);
        }
        if (bytes.length > 1 && (bytes[0] & 0xFF) == 0xFE && (bytes[1] & 0xFF) == 0xFF) {
            return new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16BE);
        }
        StringBuilder text = new StringBuilder(bytes.length);
        int from = 0;
        for (int at = 0; at <= bytes.length; at++) {
            if (at == bytes.length || bytes[at] == '\n') {
                text.append(line(bytes, from, at - from));
                text.append(at == bytes.length ? "" : "\n");
                from = at + 1;
            }
        }
        return text.toString();
    }

    private static CharSequence line(byte[] bytes, int from, int length) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
        } catch (CharacterCodingException e) {
            return new String(bytes, from, length, WINDOWS);
        }
    }

    private void print(Match match) {
        if (common.json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("name", match.name());
            line.put("client", match.client());
            line.put("confidence", match.confidence());
            line.put("why", match.why());
            common.out().println(JSON.writeValueAsString(line));
        } else if (match.client() != null) {
            common.out()
                    .printf(
                            "%-24s %3.0f %%  %s  (%s)%n",
                            Shown.text(match.client(), 60),
                            match.confidence() * 100,
                            Shown.text(match.name(), 120),
                            Shown.text(match.why(), 200));
        } else {
            common.out()
                    .printf(
                            "%-24s        %s  (%s)%n",
                            "-", Shown.text(match.name(), 120), Shown.text(match.why(), 200));
        }
    }

    private List<Client> clients() throws IOException, ConfigException {
        if (clients != null) {
            return ClientList.read(clients);
        }
        for (Path file : List.of(Path.of("parties.yaml"), common.home().resolve("parties.yaml"))) {
            if (Files.isRegularFile(file)) {
                common.note("clients are those of " + file);
                return ClientList.of(PartiesFile.read(file));
            }
        }
        common.note(
                "no clients are given (--clients) and there is no parties file: domains within host names are told");
        return List.of();
    }
}
