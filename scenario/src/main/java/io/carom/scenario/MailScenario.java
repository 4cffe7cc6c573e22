package io.carom.scenario;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// Makes phish of ten kinds and benign mails of the same senders, as a company's mail server has stored
/// them, with DNS answers and the truth.
///
/// Written: `KIND/NNNN.eml`, `benign/NNNN.eml`, `parties.yaml`, `dns.zone`, `truth.csv`. The seed
/// decides everything.
public final class MailScenario {
    /// The kinds of phish.
    public static final List<String> KINDS = List.of(
            "look-alike-invoice",
            "carried-domain",
            "executive-favour",
            "hijacked-thread",
            "password-page",
            "smuggling-page",
            "qr-code",
            "locked-archive",
            "program",
            "own-domain-spoof");

    private static final String[] SYLLABLES = {
        "al", "ber", "cor", "dan", "el", "fen", "gor", "hal", "jor", "kel", "lin", "mar", "nor", "pel", "ros", "sel",
        "tor", "ver", "zan", "mil", "ran", "ten", "lor", "ves"
    };
    private static final String[] FIRST = {
        "Anna", "Jonas", "Maria", "Peter", "Laura", "Samir", "Eva", "Tom", "Nina", "Lukas", "Helen", "Marc", "Ines",
        "David", "Sofia", "Paul", "Clara", "Ivan", "Julia", "Omar"
    };
    private static final String[] LAST = {
        "Keller", "Novak", "Larsen", "Moretti", "Dubois", "Schmid", "Costa", "Hansen", "Weber", "Lindt", "Rossi",
        "Garnier", "Bauer", "Olsen", "Petrov", "Meier", "Santos", "Fischer"
    };

    private record Person(String name, String mail) {}

    /// An organisation and how its mail goes out.
    private record Sender(String name, String domain, String address, String program, List<Person> people) {}

    private record Stored(String from, String address, String hello, String returnPath, String header, String body) {}

    private final Random random;
    private final Path out;
    private final StringBuilder zone = new StringBuilder();
    private final StringBuilder truth = new StringBuilder("path,kind\n");
    private final Sender us;
    private final List<Sender> suppliers = new ArrayList<>();
    private final List<Sender> clients = new ArrayList<>();
    private final List<Sender> others = new ArrayList<>();
    private final long start;
    private int number;
    private final List<String[]> threads = new ArrayList<>();

    private MailScenario(long seed, Path out) {
        this.random = new Random(seed);
        this.out = out;
        this.start = Instant.parse("2026-02-02T07:00:00Z").getEpochSecond() + random.nextInt(40) * 86_400L;
        us = sender("com");
        for (int i = 0; i < 4; i++) {
            suppliers.add(sender(i % 2 == 0 ? "com" : "de"));
            clients.add(sender(i % 2 == 0 ? "co.uk" : "com"));
        }
        for (int i = 0; i < 12; i++) {
            others.add(sender(pick("com", "de", "fr", "net", "org", "it")));
        }
    }

    /// Writes the mails.
    ///
    /// @param phish how many, spread evenly over the kinds
    public static void write(long seed, int phish, int benign, Path out) throws IOException {
        MailScenario made = new MailScenario(seed, out);
        made.run(phish, benign);
    }

    private void run(int phish, int benign) throws IOException {
        Files.createDirectories(out);
        // Most of the benign mail is there before: a company knows whom it writes with.
        int before = benign / 2;
        for (int i = 0; i < before; i++) {
            benign();
        }
        for (int i = 0; i < Math.max(phish, benign - before); i++) {
            if (i < benign - before) {
                benign();
            }
            if (i < phish) {
                phish(KINDS.get(i % KINDS.size()));
            }
        }
        Files.writeString(out.resolve("dns.zone"), zone);
        Files.writeString(out.resolve("truth.csv"), truth);
        StringBuilder parties = new StringBuilder("parties:\n");
        party(parties, us, "us");
        clients.forEach(c -> party(parties, c, "client"));
        suppliers.forEach(c -> party(parties, c, "supplier"));
        Files.writeString(out.resolve("parties.yaml"), parties);
    }

    private static void party(StringBuilder to, Sender of, String role) {
        to.append("  - name: ")
                .append(of.name)
                .append("\n    role: ")
                .append(role)
                .append("\n    domains: [")
                .append(of.domain)
                .append("]\n");
    }

    // ---- who

    private String pick(String... of) {
        return of[random.nextInt(of.length)];
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        int n = 2 + random.nextInt(2);
        for (int i = 0; i < n; i++) {
            word.append(pick(SYLLABLES));
        }
        return word.length() < 6 ? word + pick("tec", "sys", "net") : word.toString();
    }

    private Sender sender(String ending) {
        String name = word();
        String domain = name + "." + ending;
        String address = (60 + random.nextInt(120)) + "." + random.nextInt(250) + "." + random.nextInt(250) + "."
                + (1 + random.nextInt(250));
        List<Person> people = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            people.add(person(domain));
        }
        zone.append(domain).append(" TXT \"v=spf1 ip4:").append(address).append(" -all\"\n");
        // Who lets others send news gives them a name under its own.
        zone.append("news.").append(domain).append(" TXT \"v=spf1 ip4:198.2.130.7 -all\"\n");
        zone.append("_dmarc.")
                .append(domain)
                .append(" TXT \"v=DMARC1; p=")
                .append(pick("reject", "quarantine", "none"))
                .append("\"\n");
        return new Sender(
                name,
                domain,
                address,
                pick("Microsoft Outlook 16.0", "Apple Mail (2.3774)", "Thunderbird 128"),
                people);
    }

    private Person person(String domain) {
        String first = pick(FIRST);
        String last = pick(LAST);
        return new Person(
                first + " " + last,
                first.toLowerCase(Locale.ROOT) + "." + last.toLowerCase(Locale.ROOT) + "@" + domain);
    }

    private Person reader() {
        return us.people.get(random.nextInt(us.people.size()));
    }

    private Sender partner() {
        int n = random.nextInt(10);
        return n < 5
                ? suppliers.get(random.nextInt(suppliers.size()))
                : n < 8 ? clients.get(random.nextInt(clients.size())) : others.get(random.nextInt(others.size()));
    }

    private Person one(Sender of) {
        return of.people.get(random.nextInt(of.people.size()));
    }

    // ---- a mail as it is stored

    private String time() {
        return java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.ofEpochSecond(start + number * 400L).atOffset(java.time.ZoneOffset.UTC));
    }

    private void store(String kind, Stored mail, Person to, String id) throws IOException {
        number++;
        String path = kind + "/" + String.format(Locale.ROOT, "%05d.eml", number);
        Path file = out.resolve(path);
        Files.createDirectories(file.getParent());
        String text = "Return-Path: <" + mail.returnPath + ">\nDelivered-To: " + to.mail + "\nReceived: from "
                + mail.hello + " (" + mail.hello + " [" + mail.address + "])\n\tby mx1." + us.domain
                + " (Postfix) with ESMTPS id " + Integer.toHexString(random.nextInt() & 0xFFFFFF) + "\n\tfor <"
                + to.mail
                + ">; " + time() + "\nDate: " + time() + "\nFrom: " + mail.from + "\nTo: " + to.name + " <" + to.mail
                + ">\nMessage-ID: <" + id + ">\n" + mail.header + mail.body;
        Files.writeString(file, text, StandardCharsets.UTF_8);
        truth.append(path).append(',').append(kind).append('\n');
    }

    private String id(String domain) {
        return Long.toHexString(random.nextLong()) + "@" + domain;
    }

    private static String text(String subject, String extra, String body) {
        return "Subject: " + subject + "\n" + extra
                + "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
                + body;
    }

    private String html(String subject, String extra, String plain, String page) {
        String boundary = "b" + Long.toHexString(random.nextLong());
        return "Subject: " + subject + "\n" + extra
                + "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\""
                + boundary + "\"\n\n--" + boundary + "\nContent-Type: text/plain; charset=utf-8\n\n" + plain + "\n--"
                + boundary + "\nContent-Type: text/html; charset=utf-8\n\n" + page + "\n--" + boundary + "--\n";
    }

    private String attached(String subject, String extra, String plain, String type, String name, byte[] file) {
        String boundary = "m" + Long.toHexString(random.nextLong());
        return "Subject: " + subject + "\n" + extra + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\""
                + boundary + "\"\n\n--" + boundary + "\nContent-Type: text/plain; charset=utf-8\n\n" + plain + "\n--"
                + boundary + "\nContent-Type: " + type + "; name=\"" + name
                + "\"\nContent-Disposition: attachment; filename=\"" + name
                + "\"\nContent-Transfer-Encoding: base64\n\n"
                + Base64.getMimeEncoder().encodeToString(file) + "\n--" + boundary + "--\n";
    }

    private String sentences(int n) {
        String[] all = {
            "Thank you for the call this morning.",
            "The figures for last month are in the usual folder.",
            "We moved the maintenance window to the second weekend.",
            "Please let me know whether Thursday suits you.",
            "The delivery for site two left our warehouse yesterday.",
            "I have added your comments to the draft.",
            "Our engineer will be on site from nine to eleven.",
            "The new release fixes the report that you told us about.",
            "Could you send the list of open tickets before the meeting?",
            "The contract runs until the end of the year.",
            "I am out of the office on Friday and back on Monday.",
            "The test in the second environment went well.",
            "As agreed we keep the old server until the migration is done.",
            "The minutes of the meeting follow below.",
            "Two of the switches need a new certificate.",
            "Your order is being prepared."
        };
        StringBuilder out2 = new StringBuilder();
        for (int i = 0; i < n; i++) {
            out2.append(all[random.nextInt(all.length)]).append(i % 3 == 2 ? "\n\n" : " ");
        }
        return out2.toString();
    }

    private String topic() {
        return pick(
                "Timesheet of last week",
                "Maintenance window",
                "Minutes of the meeting",
                "Question about the contract",
                "Offer for the renewal",
                "Visit on Thursday",
                "Report for site two",
                "Open tickets",
                "New release 4.2",
                "Delivery note",
                "Certificate renewal",
                "Migration plan",
                "Figures for the quarter");
    }

    // ---- benign

    private void benign() throws IOException {
        int n = random.nextInt(16);
        Person to = reader();
        if (n < 5) {
            conversation(to);
        } else if (n < 7) {
            invoice(to);
        } else if (n < 10) {
            newsletter(to);
        } else if (n == 10) {
            shared(to);
        } else if (n == 11) {
            reset(to);
        } else if (n == 12) {
            parcel(to);
        } else if (n == 13) {
            locked(to);
        } else if (n == 14) {
            ticket(to);
        } else {
            internal(to);
        }
    }

    private Stored from(Sender of, Person who, String body) {
        return new Stored(
                who.name + " <" + who.mail + ">",
                of.address,
                "mail." + of.domain,
                who.mail,
                "X-Mailer: " + of.program + "\n",
                body);
    }

    private void conversation(Person to) throws IOException {
        boolean answer = !threads.isEmpty() && random.nextInt(3) > 0;
        Sender of = partner();
        Person who = one(of);
        String subject = topic();
        String extra = "";
        if (answer) {
            String[] thread = threads.get(random.nextInt(threads.size()));
            of = known(thread[1]);
            who = one(of);
            subject = "Re: " + thread[2];
            extra = "In-Reply-To: <" + thread[0] + ">\nReferences: <" + thread[0] + ">\n";
        }
        String id = id(of.domain);
        String body = "Hello " + to.name.split(" ")[0] + ",\n\n" + sentences(2 + random.nextInt(5))
                + "\n\nKind regards\n" + who.name + "\n" + of.name + "\nhttps://www." + of.domain + "/\n";
        threads.add(new String[] {id, of.domain, subject.replace("Re: ", "")});
        String mail = random.nextInt(3) == 0
                ? html(
                        subject,
                        extra,
                        body,
                        "<html><body><p>" + body.replace("\n", "<br>") + "</p><p><a href=\"https://www." + of.domain
                                + "/\">www." + of.domain + "</a></p></body></html>")
                : text(subject, extra, body);
        store("benign", from(of, who, mail), to, id);
    }

    private Sender known(String domain) {
        List<Sender> all = new ArrayList<>(suppliers);
        all.addAll(clients);
        all.addAll(others);
        all.add(us);
        return all.stream().filter(s -> s.domain.equals(domain)).findFirst().orElse(us);
    }

    private void invoice(Person to) throws IOException {
        Sender of = suppliers.get(random.nextInt(suppliers.size()));
        Person who = one(of);
        String amount = 100 + random.nextInt(9_000) + "," + (10 + random.nextInt(89));
        String body =
                "Dear " + to.name + ",\n\nplease find attached our invoice " + random.nextInt(90_000) + " over EUR "
                        + amount + ", payable within 30 days to the account you know.\n\nKind regards\n" + who.name;
        store(
                "benign",
                from(
                        of,
                        who,
                        attached(
                                "Invoice " + (20_000 + random.nextInt(9_000)),
                                "",
                                body,
                                "application/pdf",
                                "invoice-" + random.nextInt(90_000) + ".pdf",
                                pdf(""))),
                to,
                id(of.domain));
    }

    private static byte[] pdf(String more) {
        return ("%PDF-1.4\n1 0 obj <</Type /Catalog /Pages 2 0 R" + more
                        + ">> endobj\n2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n"
                        + "3 0 obj <</Type /Page /Parent 2 0 R>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private void newsletter(Person to) throws IOException {
        Sender of = random.nextBoolean() ? partner() : others.get(random.nextInt(others.size()));
        String track = "https://" + of.name + ".list-manage.com/track/click?u=" + Long.toHexString(random.nextLong())
                + "&id=" + Integer.toHexString(random.nextInt());
        boolean own = random.nextBoolean();
        StringBuilder page = new StringBuilder("<html><body><div style=\"display:none;max-height:0\">"
                + pick("What is new this month", "Our offers of the week", "Read about our new service") + "</div>");
        int n = 3 + random.nextInt(4);
        for (int i = 0; i < n; i++) {
            String link =
                    own ? "https://www." + of.domain + "/news/" + random.nextInt(900) + "?utm_source=mail" : track + i;
            page.append("<h2>")
                    .append(topic())
                    .append("</h2><p>")
                    .append(sentences(3))
                    .append("</p><a href=\"")
                    .append(link)
                    .append("\">")
                    .append(pick("Read more", "Learn more", "See the offer", "Register now"))
                    .append("</a>");
        }
        page.append("<p>You get this as you subscribed. <a href=\"")
                .append(own ? "https://www." + of.domain + "/unsubscribe" : track)
                .append("\">Unsubscribe</a></p></body></html>");
        String subject = pick(
                        "News from ",
                        "Summer offers of ",
                        "Save 20% this week at ",
                        "Webinar with ",
                        "Last chance to register: ")
                + of.name;
        String sub = "news@" + of.domain;
        Stored mail = new Stored(
                of.name + " News <" + sub + ">",
                own ? of.address : "198.2.130.7",
                own ? "mail." + of.domain : "mail7.mcsv.net",
                own ? sub : "bounce-" + random.nextInt(9_999) + "@news." + of.domain,
                "List-Unsubscribe: <https://www." + of.domain + "/unsubscribe>\nList-Id: <news." + of.domain + ">\n",
                html(subject, "", topic(), page.toString()));
        store("benign", mail, to, id(of.domain));
    }

    private void shared(Person to) throws IOException {
        Sender of = partner();
        Person who = one(of);
        String link = "https://" + of.name + ".sharepoint.com/sites/projects/Shared%20Documents/plan-"
                + random.nextInt(99) + ".docx";
        String body = "Hello,\n\nI put the plan into our project folder:\n" + link + "\n\n" + who.name;
        store("benign", from(of, who, text("Plan for " + us.name, "", body)), to, id(of.domain));
    }

    private void reset(Person to) throws IOException {
        String body =
                "Hello,\n\nyou asked to reset your password for the portal. Open the page below within the next hour;"
                        + " if it was not you, do nothing.\n\nhttps://portal." + us.domain
                        + "/reset\n\nIT service desk";
        store(
                "benign",
                new Stored(
                        "IT service desk <no-reply@" + us.domain + ">",
                        us.address,
                        "app1." + us.domain,
                        "no-reply@" + us.domain,
                        "Auto-Submitted: auto-generated\n",
                        text("Reset your password", "", body)),
                to,
                id(us.domain));
    }

    private void parcel(Person to) throws IOException {
        String page = "<html><body><p>Hello " + to.name + ",</p><p>your parcel with the number 00340434"
                + random.nextInt(99_999)
                + " will be delivered tomorrow.</p><a href=\"https://www.dhl.de/sendungsverfolgung\">Track your parcel</a>"
                + "<p>DHL</p></body></html>";
        zone.append(
                zone.indexOf("\ndhl.de TXT") < 0
                        ? "\ndhl.de TXT \"v=spf1 ip4:165.72.200.0/24 -all\"\n_dmarc.dhl.de TXT \"v=DMARC1; p=reject\"\n"
                        : "");
        store(
                "benign",
                new Stored(
                        "DHL <noreply@dhl.de>",
                        "165.72.200.19",
                        "mail19.dhl.de",
                        "noreply@dhl.de",
                        "",
                        html("Your parcel comes tomorrow", "", "Your parcel comes tomorrow.", page)),
                to,
                id("dhl.de"));
    }

    private void locked(Person to) throws IOException {
        Sender of = clients.get(random.nextInt(clients.size()));
        Person who = one(of);
        String body = "Hello " + to.name.split(" ")[0]
                + ",\n\nattached are the figures, encrypted as usual. You get the key by" + " phone.\n\n" + who.name;
        store(
                "benign",
                from(
                        of,
                        who,
                        attached("Figures", "", body, "application/zip", "figures.zip", zip("figures.xlsx", true))),
                to,
                id(of.domain));
    }

    private void ticket(Person to) throws IOException {
        Sender of = suppliers.get(random.nextInt(suppliers.size()));
        String number2 = "INC" + (100_000 + random.nextInt(800_000));
        String body = "Your ticket " + number2 + " was updated by " + one(of).name + ":\n\n" + sentences(2)
                + "\n\nhttps://support." + of.domain + "/ticket/" + number2 + "\n";
        store(
                "benign",
                new Stored(
                        of.name + " Support <support@" + of.domain + ">",
                        of.address,
                        "app." + of.domain,
                        "support@" + of.domain,
                        "Auto-Submitted: auto-generated\n",
                        text("[" + number2 + "] " + topic(), "", body)),
                to,
                id(of.domain));
    }

    private void internal(Person to) throws IOException {
        Person who = reader();
        String body = "Hi " + to.name.split(" ")[0] + ",\n\n" + sentences(2) + "\n\n" + who.name;
        store("benign", from(us, who, text(topic(), "", body)), to, id(us.domain));
    }

    // ---- phish

    private void phish(String kind) throws IOException {
        Person to = reader();
        switch (kind) {
            case "look-alike-invoice" -> lookAlike(kind, to);
            case "carried-domain" -> carried(kind, to);
            case "executive-favour" -> favour(kind, to);
            case "hijacked-thread" -> hijacked(kind, to);
            case "password-page" -> page(kind, to);
            case "smuggling-page" -> smuggling(kind, to);
            case "qr-code" -> code(kind, to);
            case "locked-archive" -> archive(kind, to);
            case "program" -> program(kind, to);
            default -> spoof(kind, to);
        }
    }

    private String outside() {
        return (80 + random.nextInt(100)) + "." + random.nextInt(250) + "." + random.nextInt(250) + "."
                + (1 + random.nextInt(250));
    }

    /// A domain of the intruder's own, with mail that passes every check.
    private String host(String domain, String address) {
        zone.append(domain).append(" TXT \"v=spf1 ip4:").append(address).append(" -all\"\n");
        if (random.nextBoolean()) {
            zone.append("_dmarc.").append(domain).append(" TXT \"v=DMARC1; p=none\"\n");
        }
        return domain;
    }

    private String like(String domain) {
        int dot = domain.indexOf('.');
        String name = domain.substring(0, dot);
        String ending = domain.substring(dot);
        int at = 1 + random.nextInt(name.length() - 2);
        return switch (random.nextInt(6)) {
            case 0 -> name.substring(0, at) + name.substring(at + 1) + ending;
            case 1 -> name.substring(0, at) + name.charAt(at) + name.substring(at) + ending;
            case 2 -> name.contains("l") ? name.replaceFirst("l", "1") + ending : name.replaceFirst("o", "0") + ending;
            case 3 -> name + pick("-invoices", "-billing", "-support", "-accounts") + ending;
            case 4 ->
                name.substring(0, at)
                        + name.charAt(at + 1)
                        + name.charAt(at)
                        + name.substring(Math.min(name.length(), at + 2))
                        + ending;
            default -> name + pick(".co", ".net", ".info", ".email");
        };
    }

    private void lookAlike(String kind, Person to) throws IOException {
        Sender of = suppliers.get(random.nextInt(suppliers.size()));
        Person who = one(of);
        String address = outside();
        String domain = like(of.domain);
        if (domain.equals(of.domain)) {
            domain = of.name + "-billing.com";
        }
        host(domain, address);
        String mail = who.mail.substring(0, who.mail.indexOf('@') + 1) + domain;
        String body = pick(
                        "Dear " + to.name
                                + ",\n\nplease note that our bank details have changed. Use the new bank account below for"
                                + " the open invoices.\n\nIBAN LT12 1000 0111 0100 1000\n\n",
                        "Hello " + to.name.split(" ")[0]
                                + ",\n\nour old account is under audit, so please remit to the new account"
                                + " details in the attached letter and confirm the payment today.\n\n",
                        "Hello,\n\nthe invoice of last month is overdue. Kindly process the payment to our updated banking"
                                + " information.\n\n")
                + who.name + "\n" + of.name;
        store(
                kind,
                new Stored(
                        who.name + " <" + mail + ">",
                        address,
                        "mail." + domain,
                        mail,
                        "",
                        attached(
                                pick("Updated bank details", "Invoice overdue", "Change of account"),
                                "",
                                body,
                                "application/pdf",
                                "letter.pdf",
                                pdf(""))),
                to,
                id(domain));
    }

    private void carried(String kind, Person to) throws IOException {
        Sender whose = random.nextInt(3) == 0 ? us : clients.get(random.nextInt(clients.size()));
        String address = outside();
        String domain = pick("securemail.", "login.", "docs.", "portal.") + whose.domain + "."
                + host(
                        pick("internal-", "secure-", "encrypted-")
                                + pick("message", "portal", "docs")
                                + pick(".app", ".online", ".cloud"),
                        address);
        String body = "Hello " + to.name + ",\n\nyou have received an encrypted message. Read it here:\n\nhttps://"
                + domain + "/read/" + Integer.toHexString(random.nextInt()) + "\n\n" + whose.name;
        store(
                kind,
                new Stored(
                        whose.name + " Secure Mail <no-reply@" + domain + ">",
                        address,
                        domain,
                        "no-reply@" + domain,
                        "",
                        text(
                                pick(
                                        "You have received an encrypted message",
                                        "Secure message from " + whose.name,
                                        "New document for you"),
                                "",
                                body)),
                to,
                id(domain));
    }

    private void favour(String kind, Person to) throws IOException {
        Person boss = reader();
        String free = pick("gmail.com", "outlook.com", "yahoo.com", "gmx.net");
        String mail = boss.name.toLowerCase(Locale.ROOT).replace(' ', '.') + random.nextInt(900) + "@" + free;
        String address = outside();
        if (zone.indexOf("\n" + free + " TXT") < 0) {
            zone.append("\n")
                    .append(free)
                    .append(" TXT \"v=spf1 +all\"\n_dmarc.")
                    .append(free)
                    .append(" TXT \"v=DMARC1; p=none\"\n");
        }
        String body = pick(
                        "Hi " + to.name.split(" ")[0]
                                + ",\n\nare you available? I need you to handle this discreetly: purchase gift"
                                + " cards for a client and send me the codes. I am in a meeting and can't talk.\n\n",
                        "Hello,\n\nI need a quick favor. Send me your mobile number, it is urgent and keep it confidential.\n\n",
                        "Hi,\n\nare you at your desk? A wire transfer must go out today, I will send the new account details."
                                + " Keep this between us.\n\n")
                + boss.name + "\nSent from my phone";
        store(
                kind,
                new Stored(
                        boss.name + " <" + mail + ">",
                        address,
                        "mail-" + random.nextInt(99) + "." + free,
                        mail,
                        "",
                        text(pick("Quick task", "Are you available?", "Urgent", "Request"), "", body)),
                to,
                id(free));
    }

    /// The supplier's own mailbox in another's hands: every check passes.
    private void hijacked(String kind, Person to) throws IOException {
        Sender of = suppliers.get(random.nextInt(suppliers.size()));
        Person who = one(of);
        String id = "";
        String subject = topic();
        for (String[] thread : threads) {
            if (thread[1].equals(of.domain)) {
                id = thread[0];
                subject = thread[2];
            }
        }
        String address = outside();
        // The mailbox is used through the supplier's cloud, from where it never was.
        String relay = "203.0." + random.nextInt(250) + "." + (1 + random.nextInt(250));
        String link = pick(
                "https://" + word() + "-files.web.app/view?id=" + Integer.toHexString(random.nextInt()),
                "https://storage.googleapis.com/" + word() + "/doc.html",
                "https://" + word() + ".pages.dev/review");
        String body = "Hello " + to.name.split(" ")[0]
                + ",\n\nsee the shared document for our conversation below and sign in to your account"
                + " to review the document today:\n" + link + "\n\n" + who.name + "\n\n> " + sentences(1);
        String extra = id.isEmpty() ? "" : "In-Reply-To: <" + id + ">\nReferences: <" + id + ">\n";
        store(
                kind,
                new Stored(
                        who.name + " <" + who.mail + ">",
                        relay,
                        "out." + of.domain,
                        who.mail,
                        "Reply-To: " + who.name + " <"
                                + who.name.toLowerCase(Locale.ROOT).replace(' ', '.') + "@"
                                + pick("gmail.com", "outlook.com") + ">\nX-Mailer: PHPMailer 6.9\nX-Originating-IP: ["
                                + address + "]\n",
                        text("Re: " + subject, extra, body)),
                to,
                id(of.domain));
    }

    private void page(String kind, Person to) throws IOException {
        String address = outside();
        String domain = host(word() + pick(".com", ".net", ".shop", ".online"), address);
        String brand = pick("Microsoft 365", "Office 365", "Outlook", "OneDrive", "DocuSign", "Adobe", "DHL", "PayPal");
        String link = pick(
                "https://" + word() + ".web.app/login?e=" + to.mail,
                "https://" + word() + ".workers.dev/" + to.mail,
                "https://bit.ly/" + Integer.toHexString(random.nextInt()),
                "https://" + brand.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "") + "-login." + word() + ".xyz/");
        String page = "<html><body><h2>" + brand + "</h2><p>Dear " + to.mail + ",</p><p>"
                + pick(
                        "Your password will expire within 24 hours. Keep current password below.",
                        "We detected unusual activity. Verify your account or it will be suspended.",
                        "Your mailbox is full, pending messages wait. Release messages now.",
                        "A secure document was shared with you. Sign in to your account to view the document.")
                + "</p><a href=\"" + link + "\">"
                + pick("Verify now", "Keep password", "View document", "Release messages")
                + "</a></body></html>";
        store(
                kind,
                new Stored(
                        brand + " Team <no-reply@" + domain + ">",
                        address,
                        "srv." + domain,
                        "no-reply@" + domain,
                        "",
                        html(
                                pick(
                                        "Action required: " + brand,
                                        "Your password expires today",
                                        "Account will be suspended",
                                        brand + " security alert"),
                                "",
                                "See the page.",
                                page)),
                to,
                id(domain));
    }

    private void smuggling(String kind, Person to) throws IOException {
        String address = outside();
        String domain = host(word() + pick(".com", ".org", ".top"), address);
        String data = Base64.getEncoder().encodeToString(sentences(20).getBytes(StandardCharsets.UTF_8));
        String page = "<html><body><script>var d=\"" + data
                + "\";var b=new Blob([Uint8Array.from(atob(d),c=>c.charCodeAt(0))]);"
                + "var a=document.createElement('a');a.href=URL.createObjectURL(b);a.download='doc.iso';a.click();</script></body></html>";
        String body = "Hello,\n\nyou have a new "
                + pick("voice message", "fax", "scanned document", "remittance advice") + ". Open the attached file.\n";
        store(
                kind,
                new Stored(
                        "Scanner <scan@" + domain + ">",
                        address,
                        "h." + domain,
                        "scan@" + domain,
                        "",
                        attached(
                                pick("New voice message", "Scanned document", "Remittance advice"),
                                "",
                                body,
                                "text/html",
                                "message.html",
                                page.getBytes(StandardCharsets.UTF_8))),
                to,
                id(domain));
    }

    private void code(String kind, Person to) throws IOException {
        String address = outside();
        String domain = host(word() + pick(".com", ".info", ".online"), address);
        String link = "https://" + word() + "." + pick("web.app", "xyz", "click") + "/"
                + Integer.toHexString(random.nextInt());
        String boundary = "q" + Long.toHexString(random.nextLong());
        String body = "Subject: " + pick("Authenticator update required", "MFA re-enrolment", "Salary review document")
                + "\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=\""
                + boundary + "\"\n\n--" + boundary + "\nContent-Type: text/html; charset=utf-8\n\n<html><body><p>Dear "
                + to.name + ",</p><p>"
                + pick(
                        "scan the code with your phone to confirm your identity within 24 hours.",
                        "two factor authentication must be renewed. Scan the code to verify your account.",
                        "scan the code to review the document and sign.")
                + "</p><img src=\"cid:code\"></body></html>\n--" + boundary
                + "\nContent-Type: image/png\nContent-ID: <code>\nContent-Transfer-Encoding: base64\n\n"
                + Base64.getMimeEncoder().encodeToString(QrPicture.png(link)) + "\n--" + boundary + "--\n";
        store(
                kind,
                new Stored(us.name + " IT <it@" + domain + ">", address, "m." + domain, "it@" + domain, "", body),
                to,
                id(domain));
    }

    private void archive(String kind, Person to) throws IOException {
        String address = outside();
        String domain = host(word() + pick(".com", ".net", ".biz"), address);
        String body = "Good morning,\n\nthe " + pick("contract", "order", "complaint", "statement")
                + " is attached. " + pick("Password: ", "Archive password is ", "The password is ")
                + (1_000 + random.nextInt(8_999))
                + "\n\nRegards\n" + pick(FIRST) + " " + pick(LAST);
        store(
                kind,
                new Stored(
                        pick(FIRST) + " " + pick(LAST) + " <office@" + domain + ">",
                        address,
                        "mx." + domain,
                        "office@" + domain,
                        "",
                        attached(
                                pick("Contract", "Purchase order", "Complaint", "Statement of account"),
                                "",
                                body,
                                "application/zip",
                                "document.zip",
                                zip(pick("document.iso", "order.js", "statement.exe", "contract.docm"), true))),
                to,
                id(domain));
    }

    private void program(String kind, Person to) throws IOException {
        String address = outside();
        String domain = host(word() + pick(".com", ".net", ".site"), address);
        byte[] file;
        String name;
        switch (random.nextInt(5)) {
            case 0 -> {
                name = "order.pdf.exe";
                file = ("MZ" + "\0".repeat(120) + sentences(4)).getBytes(StandardCharsets.ISO_8859_1);
            }
            case 1 -> {
                name = "invoice.iso";
                byte[] image = new byte[0x8800];
                System.arraycopy("CD001".getBytes(StandardCharsets.US_ASCII), 0, image, 0x8001, 5);
                file = image;
            }
            case 2 -> {
                name = "report.docm";
                file = macro();
            }
            case 3 -> {
                name = "open.lnk";
                file = ("L\0\0\0\u0001\u0014\u0002\0" + "\0".repeat(100)).getBytes(StandardCharsets.ISO_8859_1);
            }
            default -> {
                name = "archive.zip";
                file = zip("payment.js", false);
            }
        }
        String body = "Dear " + to.name + ",\n\nplease check the attached " + pick("order", "invoice", "report")
                + ".\n\n" + pick(FIRST) + " " + pick(LAST);
        store(
                kind,
                new Stored(
                        pick(FIRST) + " " + pick(LAST) + " <sales@" + domain + ">",
                        address,
                        "mx." + domain,
                        "sales@" + domain,
                        "",
                        attached(
                                pick("New order", "Invoice", "Report"),
                                "",
                                body,
                                "application/octet-stream",
                                name,
                                file)),
                to,
                id(domain));
    }

    private void spoof(String kind, Person to) throws IOException {
        String address = outside();
        String path = "bounce@" + host(word() + ".net", address);
        String from = pick("HR <hr@", "Payroll <payroll@", "IT service desk <helpdesk@", "Management <office@")
                + us.domain + ">";
        String link = pick(
                "https://" + word() + ".azurewebsites.net/",
                "https://" + us.name + "-portal." + word() + ".com/",
                "https://forms.gle/" + Integer.toHexString(random.nextInt()));
        String body = "Dear colleagues,\n\n"
                + pick(
                        "confirm your details for the payroll account by end of day:",
                        "your mailbox will be deactivated, verify your account here:",
                        "the new employee handbook must be acknowledged today, sign in to your account:")
                + "\n" + link + "\n\nHuman resources";
        store(
                kind,
                new Stored(
                        from,
                        address,
                        path.substring(path.indexOf('@') + 1),
                        path,
                        "",
                        text(pick("Payroll update", "Mailbox upgrade", "Action required: handbook"), "", body)),
                to,
                id(us.domain));
    }

    // ---- files

    private static byte[] macro() throws IOException {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        try (java.util.zip.ZipOutputStream zip = new java.util.zip.ZipOutputStream(bytes)) {
            for (String name : List.of("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")) {
                zip.putNextEntry(new java.util.zip.ZipEntry(name));
                zip.write(name.getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private byte[] zip(String name, boolean locked) throws IOException {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        try (java.util.zip.ZipOutputStream zip = new java.util.zip.ZipOutputStream(bytes)) {
            zip.putNextEntry(new java.util.zip.ZipEntry(name));
            zip.write(sentences(5).getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
        byte[] made = bytes.toByteArray();
        if (locked) {
            // The flag of encryption in the member's header (APPNOTE 4.4.4); what is behind is not readable then
            // anyway.
            made[6] |= 1;
        }
        return made;
    }
}
