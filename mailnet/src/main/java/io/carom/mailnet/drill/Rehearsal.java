package io.carom.mailnet.drill;

import io.carom.mailnet.MailServer;
import io.carom.mailnet.Network;
import io.carom.mailnet.NetworkSettings;
import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.Members;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The whole of it once, with nobody troubled: a network made in a folder of its own on free ports of
/// this machine, its server, a member for each client who joins with a key of its own, is told, reads,
/// decrypts and answers. Everything is done as in earnest but for the people.
public final class Rehearsal {
    private static final String DOMAIN = "rehearsal.example";

    private Rehearsal() {}

    /// When something was done, since it began.
    ///
    /// @param client empty for what concerns all
    public record Step(String what, String client, Duration after) {}

    /// @param clients by name, a member each
    /// @param home an empty folder, which the caller removes
    public static List<Step> of(List<String> clients, Path home) throws IOException {
        long began = System.nanoTime();
        List<Step> steps = new ArrayList<>();
        NetworkSettings settings = new NetworkSettings(
                DOMAIN,
                "127.0.0.1",
                "127.0.0.1",
                new NetworkSettings.Ports(0, 0, 0, 0),
                NetworkSettings.Limits.USUAL,
                Duration.ZERO);
        try (Network network = Network.create(home, settings, InstantSource.system())) {
            steps.add(step("network made", "", began));
            try (MailServer server = MailServer.start(network)) {
                steps.add(step("server answers", "", began));
                steps.addAll(members(clients, network, server, home, began));
            }
        }
        return steps;
    }

    private static Step step(String what, String client, long began) {
        return new Step(what, client, Duration.ofNanos(System.nanoTime() - began));
    }

    private static List<Step> members(List<String> clients, Network network, MailServer server, Path home, long began)
            throws IOException {
        List<Step> steps = new ArrayList<>();
        List<String> links = new ArrayList<>();
        List<Address> addresses = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            Address address = new Address("client" + (i + 1), DOMAIN);
            Members.Invitation invitation =
                    network.members().invite(address, clients.get(i), false, Duration.ofHours(1));
            addresses.add(address);
            links.add(network.link(invitation, server.ports().members()));
        }
        steps.add(step("all invited", "", began));
        X509Certificate carom = Objects.requireNonNull(Objects.requireNonNull(
                        network.members().active(network.members().system()))
                .certificate());
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        try (ExecutorService all = Executors.newFixedThreadPool(threads)) {
            List<Future<List<Step>>> playing = new ArrayList<>();
            for (int i = 0; i < clients.size(); i++) {
                int n = i;
                playing.add(all.submit(() -> {
                    List<Step> own = new ArrayList<>();
                    String client = clients.get(n);
                    Membership member = Membership.join(links.get(n), home.resolve("member" + n));
                    own.add(step("joined", client, began));
                    Drill.tell(network, List.of(addresses.get(n)), "rehearsal", client, Drill.TEXT);
                    own.add(step("told", client, began));
                    MemberClient program = new MemberClient(member);
                    MemberClient.Read read = program.read();
                    program.answer(read.messageId(), network.members().system(), carom, "We have it.");
                    own.add(step("acknowledged", client, began));
                    return own;
                }));
            }
            for (Future<List<Step>> one : playing) {
                steps.addAll(one.get());
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", e);
        }
        // What counts is what the network noted, not what was sent.
        long answered = Drill.answers(network, "rehearsal").stream()
                .filter(a -> a.answered() != null)
                .count();
        if (answered != clients.size()) {
            throw new IOException("only " + answered + " of " + clients.size() + " acknowledgements were noted");
        }
        steps.add(step("all acknowledged", "", began));
        return steps;
    }
}
