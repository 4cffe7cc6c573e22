package io.carom.scenario;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What really happened: written to `truth.json`, and never read by anything that detects.
public final class Truth {
    /// A record of the intrusion.
    ///
    /// @param file below the scenario's folder
    /// @param line in it, from 1
    /// @param why stage and meaning: `recon: scan of acme's servers over the VPN pool`
    public record Malicious(String file, long line, String why) {}

    /// A step of the intruder from one machine to the next.
    public record Hop(
            long time, String from, String fromParty, String to, String toParty, String account, String via) {}

    private final List<Malicious> records = new ArrayList<>();
    private final List<Hop> hops = new ArrayList<>();
    private final Set<String> hit = new TreeSet<>();
    private final Set<String> spared = new TreeSet<>();
    private final Set<String> accounts = new TreeSet<>();
    private final List<String[]> indicators = new ArrayList<>();
    private final List<String[]> skews = new ArrayList<>();
    private final java.util.Map<String, String> machines = new java.util.TreeMap<>();
    private String entry = "";
    private long entryTime;

    void record(String file, long line, String why) {
        records.add(new Malicious(file, line, why));
    }

    void hop(Hop hop) {
        hops.add(hop);
    }

    void entry(String how, long time) {
        entry = how;
        entryTime = time;
    }

    void hit(String client) {
        hit.add(client);
    }

    void spared(String client) {
        spared.add(client);
    }

    void account(String account) {
        accounts.add(account);
    }

    void indicator(String type, String value, String comment) {
        indicators.add(new String[] {type, value, comment});
    }

    /// @param owner whose machine it is; two organisations may use the same addresses
    void machine(String owner, String name, String address) {
        machines.put(owner + " " + address, name);
    }

    /// Names of machines by owner, a space and address.
    public java.util.Map<String, String> machines() {
        return java.util.Map.copyOf(machines);
    }

    public String entryAddress() {
        return hops.isEmpty() ? "" : hops.getFirst().from();
    }

    void skew(String log, long millis) {
        skews.add(new String[] {log, Long.toString(millis)});
    }

    public List<Malicious> records() {
        return List.copyOf(records);
    }

    public List<Hop> hops() {
        return List.copyOf(hops);
    }

    public Set<String> clientsHit() {
        return Set.copyOf(hit);
    }

    public Set<String> clientsSpared() {
        return Set.copyOf(spared);
    }

    /// Writes `truth.json` and `indicators.csv`.
    void write(Path folder, long events) throws IOException {
        try (Writer out = Files.newBufferedWriter(folder.resolve("truth.json"))) {
            out.write("{\"events\":" + events + ",\"entry\":" + quoted(entry) + ",\"entry_time\":\""
                    + java.time.Instant.ofEpochMilli(entryTime) + "\",\n\"clients_hit\":" + list(hit)
                    + ",\n\"clients_not_hit\":" + list(spared) + ",\n\"accounts\":" + list(accounts) + ",\n\"hops\":[");
            for (int i = 0; i < hops.size(); i++) {
                Hop h = hops.get(i);
                out.write((i == 0 ? "\n" : ",\n") + "{\"time\":\"" + java.time.Instant.ofEpochMilli(h.time)
                        + "\",\"from\":" + quoted(h.from) + ",\"from_party\":" + quoted(h.fromParty) + ",\"to\":"
                        + quoted(h.to) + ",\"to_party\":" + quoted(h.toParty) + ",\"account\":" + quoted(h.account)
                        + ",\"via\":" + quoted(h.via) + "}");
            }
            out.write("],\n\"clock_skews_ms\":{");
            for (int i = 0; i < skews.size(); i++) {
                out.write((i == 0 ? "" : ",") + quoted(skews.get(i)[0]) + ":" + skews.get(i)[1]);
            }
            out.write("},\n\"records\":[");
            for (int i = 0; i < records.size(); i++) {
                Malicious m = records.get(i);
                out.write((i == 0 ? "\n" : ",\n") + "{\"file\":" + quoted(m.file) + ",\"line\":" + m.line + ",\"why\":"
                        + quoted(m.why) + "}");
            }
            out.write("]}\n");
        }
        try (Writer out = Files.newBufferedWriter(folder.resolve("indicators.csv"))) {
            out.write("type,value,comment\n");
            for (String[] indicator : indicators) {
                out.write(indicator[0] + "," + indicator[1] + "," + indicator[2] + "\n");
            }
        }
    }

    private static String list(Set<String> values) {
        return "[" + String.join(",", values.stream().map(Truth::quoted).toList()) + "]";
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
