package io.carom.scenario;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What really happened: written to `truth.json`, and never read by anything that detects.
public final class Truth {
    /// A record of the intrusion.
    ///
    /// @param file below the scenario's folder
    /// @param line its first in the file, from 1, headers counted
    /// @param why stage and meaning: `recon: scan of acme's servers over the VPN pool`
    /// @param record its number in the file, from 1, headers not counted
    /// @param lines it has: one, but for mails
    /// @param time when it really happened, whatever the product's clock shows
    public record Malicious(String file, long line, String why, long record, int lines, long time) {}

    /// A step of the intruder from one machine to the next.
    ///
    /// @param from name of the machine, or its address where it is outside or handed out by a VPN
    /// @param via means, and the link where it goes over one
    public record Hop(
            long time, String from, String fromParty, String to, String toParty, String account, String via) {}

    /// The way in.
    ///
    /// @param kind `phishing`, `exposed-rdp`, `web-service`, `remote-support-account`, `ssh-key`, `api-key` or
    ///     `client-link`
    /// @param party whose it was: the supplier's, or that of the client whose link was used backwards
    /// @param host that was entered first
    /// @param account used to enter it; empty where a fault of a program was used
    /// @param from address outside
    public record Entry(String kind, String party, String host, String account, long time, String from, String how) {}

    /// How it went at a client that was hit.
    ///
    /// @param link it was reached over; empty where it was entered from outside
    /// @param linkKind as in `parties.yaml`; empty likewise
    /// @param entered when the first machine of the client was entered
    /// @param recon when somebody first looked round there, or first knocked over the link
    /// @param movement when the first machine was entered after that
    /// @param reconFrom addresses the looking round came from, as the client's products saw them
    public record Course(
            String client,
            String link,
            String linkKind,
            long entered,
            long recon,
            long movement,
            List<String> reconFrom) {
        public Course {
            reconFrom = List.copyOf(reconFrom);
        }
    }

    record Indicator(String type, String value, String comment) {}

    private final String supplier;
    private final List<Malicious> records = new ArrayList<>();
    private final List<Hop> hops = new ArrayList<>();
    private final Map<String, Course> courses = new TreeMap<>();
    private final Set<String> spared = new TreeSet<>();
    private final Set<String> accounts = new TreeSet<>();
    private final List<Indicator> indicators = new ArrayList<>();
    private final Map<String, Long> skews = new TreeMap<>();
    private final Map<String, String> machines = new TreeMap<>();
    private Entry entry = new Entry("", "", "", "", 0, "", "");

    Truth(String supplier) {
        this.supplier = supplier;
    }

    void record(Malicious malicious) {
        records.add(malicious);
    }

    void hop(Hop hop) {
        hops.add(hop);
    }

    void entry(Entry is) {
        entry = is;
    }

    void hit(Course course) {
        courses.put(course.client, course);
    }

    void spared(String client) {
        spared.add(client);
    }

    void account(String account) {
        accounts.add(account);
    }

    void indicator(String type, String value, String comment) {
        indicators.add(new Indicator(type, value, comment));
    }

    /// @param owner whose machine it is; two organisations may use the same addresses
    void machine(String owner, String name, String address) {
        machines.put(owner + " " + address, name);
    }

    void skew(String log, long millis) {
        skews.put(log, millis);
    }

    public String supplier() {
        return supplier;
    }

    public Entry entry() {
        return entry;
    }

    /// Where the intruder came from: the address outside of the first hop.
    public String entryAddress() {
        return hops.isEmpty() ? "" : hops().getFirst().from();
    }

    /// Names of machines by owner, a space and address.
    public Map<String, String> machines() {
        return Map.copyOf(machines);
    }

    public List<Malicious> records() {
        return List.copyOf(records);
    }

    /// In the order of their times.
    public List<Hop> hops() {
        List<Hop> sorted = new ArrayList<>(hops);
        sorted.sort(java.util.Comparator.comparingLong(Hop::time));
        return List.copyOf(sorted);
    }

    /// By client, those that were hit.
    public Map<String, Course> courses() {
        return Map.copyOf(courses);
    }

    public Set<String> clientsHit() {
        return Set.copyOf(courses.keySet());
    }

    public Set<String> clientsSpared() {
        return Set.copyOf(spared);
    }

    Set<String> accounts() {
        return accounts;
    }

    Map<String, Long> skews() {
        return skews;
    }

    List<Indicator> indicators() {
        return indicators;
    }

    /// Writes `truth.json` and `indicators.csv`.
    void write(Path folder, long events) throws IOException {
        TruthFile.write(this, folder, events);
    }
}
