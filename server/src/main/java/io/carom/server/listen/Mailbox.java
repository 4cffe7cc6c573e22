package io.carom.server.listen;

import io.carom.config.YamlNode;
import io.carom.spool.SpoolEntry;
import jakarta.mail.FetchProfile;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/// Fetches mails that people report from a mailbox over IMAP (RFC 9051), each once, by its UID (section
/// 2.3.1.1); a mailbox that gives its mails new numbers is read anew. Mails stay where they are, unread
/// or not. One over 32 MiB is left out and told.
///
/// `address: imaps://host:993/INBOX`; `user`, and `password-file`, a file with the password alone, or
/// `oauth-token-file` for XOAUTH2. Plain `imap` is for this machine alone.
final class Mailbox implements Listener {
    static final Kind KIND = new Kind() {
        @Override
        public String name() {
            return "mailbox";
        }

        @Override
        public List<String> keys() {
            return List.of("user", "password-file", "oauth-token-file", "every", "trust");
        }

        @Override
        public boolean network() {
            return false;
        }

        @Override
        public void check(ListenerSettings settings, Map<String, YamlNode> nodes) {
            YamlNode address = nodes.get("address");
            if (address == null) {
                return;
            }
            Where where = Where.of(settings.address());
            if (where == null) {
                address.fault("expected a mailbox such as imaps://mail.example.org/INBOX, found \"" + settings.address()
                        + "\"");
            } else if (!where.secure && !where.host.equals("127.0.0.1") && !where.host.equals("localhost")) {
                address.fault("the password would go over the network in the clear: use imaps://");
            }
            if (settings.text("user", "").isEmpty()
                    || settings.text("password-file", "").isEmpty()
                            == settings.text("oauth-token-file", "").isEmpty()) {
                address.fault("a mailbox needs a user, and either a password-file or an oauth-token-file");
            }
        }

        @Override
        public Listener start(ListenerSettings settings, Surrounding surrounding) throws IOException {
            return new Mailbox(settings, surrounding);
        }
    };

    record Where(boolean secure, String host, int port, String folder) {
        static @org.jspecify.annotations.Nullable Where of(String address) {
            java.util.regex.Matcher m = java.util.regex.Pattern.compile(
                            "(imaps?)://([^/:@]+)(?::(\\d{1,5}))?(?:/(.+))?")
                    .matcher(address);
            if (!m.matches()) {
                return null;
            }
            boolean secure = m.group(1).equals("imaps");
            return new Where(
                    secure,
                    m.group(2),
                    m.group(3) == null ? secure ? 993 : 143 : Integer.parseInt(m.group(3)),
                    m.group(4) == null ? "INBOX" : m.group(4));
        }
    }

    private static final int MOST = 32 << 20;
    private static final int TOGETHER = 100;
    private static final String WAIT = "30000";

    private final ListenerSettings settings;
    private final Surrounding surrounding;
    private final Counts counts = new Counts();
    private final Progress progress;
    private final Where where;
    private final Thread thread;
    private volatile boolean closing;
    private boolean failing;

    private Mailbox(ListenerSettings settings, Surrounding surrounding) throws IOException {
        this.settings = settings;
        this.surrounding = surrounding;
        this.where = java.util.Objects.requireNonNull(Where.of(settings.address()));
        progress = new Progress(surrounding.home(), settings.name(), surrounding.recall());
        thread = Thread.ofPlatform().name("carom-mailbox").daemon().start(this::run);
    }

    private void run() {
        Duration every = settings.duration("every", Duration.ofSeconds(30));
        while (!closing) {
            try {
                fetch();
                progress.save();
                if (failing) {
                    failing = false;
                    surrounding.notes().accept(settings.name() + ": the mailbox is read again");
                }
            } catch (MessagingException | IOException | RuntimeException e) {
                if (!failing && !closing) {
                    failing = true;
                    surrounding
                            .notes()
                            .accept(settings.name() + ": the mailbox cannot be read: " + e.getMessage()
                                    + "; it is tried again");
                }
            }
            try {
                Thread.sleep(every);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void fetch() throws MessagingException, IOException {
        String protocol = where.secure ? "imaps" : "imap";
        String secretFile = settings.text("oauth-token-file", "");
        boolean oauth = !secretFile.isEmpty();
        String secret = Files.readString(Path.of(oauth ? secretFile : settings.text("password-file", "")))
                .strip();
        Properties properties = new Properties();
        properties.put("mail." + protocol + ".connectiontimeout", WAIT);
        properties.put("mail." + protocol + ".timeout", WAIT);
        properties.put("mail." + protocol + ".writetimeout", WAIT);
        properties.put("mail." + protocol + ".partialfetch", "true");
        properties.put("mail." + protocol + ".ssl.checkserveridentity", "true");
        if (oauth) {
            properties.put("mail." + protocol + ".auth.mechanisms", "XOAUTH2");
        }
        Session session = Session.getInstance(properties);
        try (Store store = session.getStore(protocol)) {
            store.connect(where.host, where.port, settings.text("user", ""), secret);
            Folder folder = store.getFolder(where.folder);
            folder.open(Folder.READ_ONLY);
            try {
                fetch(folder);
            } finally {
                folder.close(false);
            }
        }
    }

    private void fetch(Folder folder) throws MessagingException, IOException {
        UIDFolder numbered = (UIDFolder) folder;
        String key = "uid|" + numbered.getUIDValidity();
        long last = progress.of(key);
        Message[] all = numbered.getMessagesByUID(last + 1, UIDFolder.LASTUID);
        FetchProfile sizes = new FetchProfile();
        sizes.add(UIDFolder.FetchProfileItem.UID);
        sizes.add(FetchProfile.Item.SIZE);
        for (int from = 0; from < all.length; from += TOGETHER) {
            Message[] some = java.util.Arrays.copyOfRange(all, from, Math.min(all.length, from + TOGETHER));
            folder.fetch(some, sizes);
            for (Message mail : some) {
                long uid = numbered.getUID(mail);
                // "LASTUID" gives the last one again where nothing is new.
                if (closing || uid <= last) {
                    continue;
                }
                if (mail.getSize() > MOST) {
                    counts.refused.incrementAndGet();
                    surrounding
                            .notes()
                            .accept(settings.name() + ": mail " + uid + " is larger than " + (MOST >> 20)
                                    + " MiB and was left out");
                } else {
                    take(key, uid, mail);
                }
                progress.set(key, uid);
                last = uid;
            }
        }
    }

    private void take(String key, long uid, Message mail) throws MessagingException, IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        mail.writeTo(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] b, int from, int length) throws IOException {
                if (raw.size() + length > MOST) {
                    throw new IOException("mail " + uid + " is larger than it said");
                }
                raw.write(b, from, length);
            }
        });
        byte[] body = raw.toByteArray();
        counts.records.incrementAndGet();
        counts.bytes.addAndGet(body.length);
        // A mail is an input of its own: its format reads one from beginning to end.
        surrounding.putPatiently(
                new SpoolEntry(
                        settings.client(),
                        settings.name() + ":" + uid,
                        "eml",
                        progress.sender(key, uid),
                        surrounding.clock().millis(),
                        body),
                counts);
    }

    @Override
    public String place() {
        return settings.address();
    }

    @Override
    public Counts counts() {
        return counts;
    }

    @Override
    public void close() throws IOException {
        closing = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        progress.save();
    }
}
