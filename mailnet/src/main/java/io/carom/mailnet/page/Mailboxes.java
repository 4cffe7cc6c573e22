package io.carom.mailnet.page;

import com.sun.net.httpserver.HttpExchange;
import io.carom.mailnet.Network;
import io.carom.mailnet.identity.Members.SignedIn;
import io.carom.mailnet.intake.Intake;
import io.carom.mailnet.intake.StrictLines;
import io.carom.mailnet.seal.MailHeader;
import io.carom.mailnet.store.Folders;
import io.carom.mailnet.store.MailStore.EntryRow;
import io.carom.mailnet.store.MailStore.MailboxRow;
import io.carom.mailnet.store.Refused;
import io.carom.mailnet.store.Spool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A member's mailboxes as the page shows them. What is encrypted goes out as it lies.
final class Mailboxes {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 50;
    private static final int MAX_HEAD = 64 << 10;
    /// Shorter than proxies and browsers wait.
    private static final int WAIT_SECONDS = 20;

    private static final List<String> SHOWN = List.of("from", "to", "subject");
    private static final Set<String> FLAGS = Set.of("\\Seen", "\\Flagged", "\\Answered");

    private final Network network;
    private final SignedIn who;
    private final Folders folders;

    Mailboxes(Network network, SignedIn who) throws IOException {
        this.network = network;
        this.who = who;
        folders = network.store().folders(who.address());
        folders.prepare();
    }

    ArrayNode all() throws IOException {
        ArrayNode all = JSON.createArrayNode();
        for (MailboxRow one : folders.list()) {
            Folders.Counts counts = folders.counts(one);
            all.addObject().put("name", one.name()).put("mails", counts.mails()).put("unseen", counts.unseen());
        }
        return all;
    }

    private MailboxRow box(Map<String, String> query) throws IOException {
        return box(query.getOrDefault("box", "INBOX"));
    }

    private MailboxRow box(String name) throws IOException {
        MailboxRow found = folders.named(name);
        if (found == null) {
            throw new Refused(550, "5.1.1", "there is no mailbox of that name");
        }
        return found;
    }

    private static long number(Map<String, String> query, String name, long otherwise) {
        String given = query.get(name);
        return given == null ? otherwise : Long.parseLong(given);
    }

    /// The newest mails, or those before one.
    ObjectNode mails(Map<String, String> query) throws IOException {
        MailboxRow box = box(query);
        long before = number(query, "before", Long.MAX_VALUE);
        List<EntryRow> there = folders.since(box, 0).stream()
                .filter(e -> !e.gone() && e.uid() < before)
                .toList();
        ObjectNode told = JSON.createObjectNode();
        ArrayNode all = told.putArray("mails");
        int end = Math.max(0, there.size() - PAGE);
        for (int i = there.size() - 1; i >= end; i--) {
            EntryRow entry = there.get(i);
            ObjectNode one = all.addObject();
            one.put("uid", entry.uid()).put("size", entry.size());
            one.put("date", entry.internal().toString());
            ArrayNode flags = one.putArray("flags");
            Folders.set(entry.flags()).forEach(flags::add);
            MailHeader header = header(entry);
            for (String name : SHOWN) {
                header.first(name)
                        .ifPresent(value -> one.put(name, value.length() > 2000 ? value.substring(0, 2000) : value));
            }
        }
        return told.put("more", end > 0);
    }

    private MailHeader header(EntryRow entry) throws IOException {
        try (InputStream in = Files.newInputStream(network.store().file(entry.message()))) {
            return MailHeader.parse(in.readNBytes(MAX_HEAD));
        } catch (IllegalArgumentException | NoSuchFileException e) {
            // Put there by a program that writes no fields, or swept a moment ago.
            return new MailHeader(List.of());
        }
    }

    private EntryRow entry(MailboxRow box, Map<String, String> query) throws IOException {
        long uid = number(query, "uid", -1);
        return folders.since(box, 0).stream()
                .filter(e -> e.uid() == uid && !e.gone())
                .findFirst()
                .orElseThrow(() -> new Refused(550, "5.1.1", "that mail is not there any more"));
    }

    /// A mail as it lies.
    void mail(HttpExchange exchange, Map<String, String> query) throws IOException {
        Path file = network.store().file(entry(box(query), query).message());
        try (InputStream in = Files.newInputStream(file)) {
            exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(200, Files.size(file));
            in.transferTo(exchange.getResponseBody());
        }
    }

    /// The number of a mailbox's state, at once if it is another than the one known, else when it
    /// changes or after a while.
    ObjectNode await(Map<String, String> query) throws IOException {
        long known = number(query, "state", 0);
        Semaphore news = new Semaphore(0);
        try (AutoCloseable watch = network.store().watch(who.address(), news::release)) {
            if (box(query).modseq() == known) {
                news.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS);
            }
        } catch (IOException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IOException("news could not be waited for: " + e.getMessage(), e);
        }
        return JSON.createObjectNode().put("state", box(query).modseq());
    }

    void flag(Map<String, String> query, JsonNode change) throws IOException {
        MailboxRow box = box(query);
        folders.flags(box, List.of(entry(box, query).uid()), had -> {
            Set<String> set = new LinkedHashSet<>(had);
            change.path("remove").forEach(f -> set.remove(f.asString("")));
            change.path("add").forEach(f -> {
                if (FLAGS.contains(f.asString(""))) {
                    set.add(f.asString(""));
                }
            });
            return set;
        });
    }

    void move(Map<String, String> query) throws IOException {
        MailboxRow box = box(query);
        folders.copy(box, List.of(entry(box, query).uid()), box(query.getOrDefault("to", "")), true);
    }

    /// Puts a mail into a mailbox: what was sent is kept by whoever sent it.
    void keep(Map<String, String> query, InputStream mail) throws IOException {
        MailboxRow box = box(query);
        try (Spool spool = network.store().spool()) {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            long[] body = {-1};
            StrictLines.read(mail, network.settings().limits().message(), (bytes, from, length) -> {
                spool.write(bytes, from, length);
                if (body[0] < 0) {
                    if (head.size() + length > MAX_HEAD) {
                        throw new Refused(552, "5.3.4", "its header is larger than " + MAX_HEAD + " bytes");
                    }
                    head.write(bytes, from, length);
                    body[0] = length == 2 ? spool.size() : -1;
                }
            });
            Intake.checkKept(head.toByteArray(), body[0] < 0 ? spool.size() : body[0], spool);
            network.store().append(who, box, spool, "\\Seen", network.clock().instant());
        }
    }
}
