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

    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Option(
            names = "--names",
            paramLabel = "PATH",
            required = true,
            description =
                    "Names, one a line: a list, a listing (ls, dir, tree, unzip, 7z, tar), CSV with a header, passive"
                            + " DNS as NDJSON, a ransom note; - for standard input. May be given several times.")
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

    @Override
    public Integer call() throws Exception {
        List<Client> known = clients();
        Victims victims = new Victims(known);
        Map<String, Integer> byClient = new TreeMap<>();
        int all = 0;
        for (String from : names) {
            for (String name : NameList.parse(text(from))) {
                all++;
                Match match = victims.find(name);
                if (match.client() != null) {
                    byClient.merge(match.client(), 1, Integer::sum);
                }
                print(match);
            }
        }
        common.note(Shown.count(all) + " names; " + Shown.count(byClient.size())
                + (byClient.size() == 1 ? " client is" : " clients are") + " named by "
                + Shown.count(byClient.values().stream().mapToInt(n -> n).sum()) + " of them, of "
                + Shown.count(known.size()) + " in the list.");
        return Exit.DONE;
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

    private static String text(String from) throws IOException {
        try (InputStream in = from.equals("-") ? System.in : Files.newInputStream(Path.of(from))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(from + ": more than " + MAX_BYTES + " bytes of names; split it");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
