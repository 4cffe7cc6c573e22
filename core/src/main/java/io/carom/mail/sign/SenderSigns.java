package io.carom.mail.sign;

import io.carom.mail.Lists;
import io.carom.mail.Words;
import io.carom.mail.name.LookAlikes;
import io.carom.mail.name.OwnName;
import io.carom.source.mail.Hop;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Who the mail says it is from, and what else in it says so or not.
public final class SenderSigns {
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+)");
    private static final Pattern DOMAIN =
            Pattern.compile("[a-z0-9](?:[a-z0-9_-]*[a-z0-9_])?(?:\\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*");
    private static final Pattern DOMAIN_IN_NAME =
            Pattern.compile("[a-z0-9-]{2,63}(?:\\.[a-z0-9-]{2,63})*\\.[a-z]{2,12}");
    private static final Pattern SERVICE = Pattern.compile(
            "(?:no-?_?\\.?reply|do-?not-?reply|info|support|service|contact|hello|hi|news|newsletter|mail|mailer|notif|alert|admin|account|billing|office|team|security|help|envio|contato|atendimento|postmaster|root|aviso|reply|join|sales|marketing|crypto|customer).*");
    private static final Pattern DIGITS = Pattern.compile("\\d{4,}");
    private static final java.util.Set<String> RARE = java.util.Set.of(
            ("bx cj cx dx fq fx fz gq gx gz hx hz jb jc jd jf jg jh jk jl jm jn jp jq jr js jt jv jw jx jy jz kq kx kz lx mx"
                            + " mz pq px pz qb qc qd qf qg qh qj qk ql qm qn qp qr qs qt qv qw qx qy qz sx tq tx uq vb vc vd"
                            + " vf vg vh vj vk vm vn vp vq vt vw vx vz wj wq wv wx wz xb xd xg xj xk xm xn xq xr xs xv xw xz"
                            + " yj yq yx zb zc zd zf zg zj zk zl zm zn zp zq zr zs zv zx")
                    .split(" "));
    /// Attached mails whose senders are looked at.
    private static final int REPORTED = 5;

    private static final Pattern PASSED =
            Pattern.compile("^\\s*(?:fw|fwd|wg|tr|enc|rv|i|vs|doorst)\\s*:", Pattern.CASE_INSENSITIVE);
    private static final Pattern QUOTED = Pattern.compile(
            "(?:From|De|Von|Da|Van|Fra)\\s*:\\s*\"?([^<\\n\"]{0,120})\"?\\s*[<\\[](?:mailto:)?([A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{3,200})[>\\]]");
    /// What machines are called that nobody gave a name.
    private static final Pattern DEFAULT_HOST = Pattern.compile(
            "(?:ubuntu|debian|centos|localhost|vps|vmi|server|ip-|ec2-|instance|droplet|win-|desktop-|user-pc|host-?\\d|vm-?\\d|static[.-]|dynamic|dhcp|dsl|pool-|s-\\d+vcpu).*|.*(?:-\\d{1,3}){3,}.*|.*s-1vcpu.*");

    private final Lists lists = Lists.own();
    private final LookAlikes own;
    private final List<OwnName> names;

    public SenderSigns(LookAlikes own, List<OwnName> names) {
        this.own = own;
        this.names = names;
    }

    public void look(View v, Signs signs) {
        form(v, signs);
        display(v, new Who(v.display, v.from, v.fromHost, v.fromDomain), signs);
        domain(v, new Who(v.display, v.from, v.fromHost, v.fromDomain), signs);
        reported(v, signs);
        paths(v, signs);
        verdicts(v, signs);
    }

    /// Who a mail is said to be from.
    private record Who(String display, String from, String fromHost, String fromDomain) {}

    /// A mail that was passed on by hand says in its text whom it was from.
    private void reported(View v, Signs signs) {
        int most = REPORTED;
        for (List<io.carom.mail.structure.HeaderField> header : v.mail.attached()) {
            for (io.carom.mail.structure.HeaderField field : header) {
                if (field.name().equals("from") && most-- > 0) {
                    attached(v, field.written(), signs);
                    break;
                }
            }
        }
        if (!PASSED.matcher(v.mail.first("subject")).find()) {
            return;
        }
        String head = v.text.length() > 1_500 ? v.text.substring(0, 1_500) : v.text;
        var m = QUOTED.matcher(head);
        if (m.find()) {
            String address = m.group(2).toLowerCase(Locale.ROOT);
            String host = View.host(address);
            if (!v.domain(host).equals(v.fromDomain)) {
                Who who = new Who(m.group(1).strip(), address, host, v.domain(host));
                display(v, who, signs);
                domain(v, who, signs);
            }
        }
    }

    /// A mail that was passed on whole, as people report what they were sent.
    private void attached(View v, String written, Signs signs) {
        String address = io.carom.source.mail.Mailboxes.addresses(written).stream()
                .findFirst()
                .orElse("");
        String host = View.host(address);
        if (!host.isEmpty() && !v.domain(host).equals(v.fromDomain)) {
            Who who = new Who(View.display(written), address, host, v.domain(host));
            display(v, who, signs);
            domain(v, who, signs);
        }
    }

    private static void form(View v, Signs signs) {
        String written = v.mail.written("from");
        if (v.from.isEmpty()) {
            signs.add("from-none", written);
            return;
        }
        if (v.fromHost.indexOf('.') < 0
                || !DOMAIN.matcher(v.fromHost).matches()
                || v.from.indexOf('@') != v.from.lastIndexOf('@')) {
            signs.add("from-broken", v.from);
        }
        // `Facebook ,_<a@b>`: a name outside quotes that ends in signs no mail program writes.
        int angle = written.lastIndexOf('<');
        String before = angle < 0 ? "" : written.substring(0, angle).stripTrailing();
        boolean quoted = before.endsWith("\"") || before.endsWith("?=");
        if (!quoted && !before.isEmpty() && ",_(<".indexOf(before.charAt(before.length() - 1)) >= 0) {
            signs.add("from-broken", written);
        }
        if (v.fromAll.size() > 1) {
            signs.add("from-several", String.join(", ", v.fromAll));
        }
        if (v.recipients.contains(v.from) && v.recipients.size() == 1 && !v.auth.isGenuine()) {
            signs.add("from-self", v.from);
        }
    }

    private void display(View v, Who who, Signs signs) {
        String name = who.display;
        if (name.isEmpty()) {
            return;
        }
        var m = ADDRESS.matcher(name);
        if (m.find() && !v.domain(m.group(1).toLowerCase(Locale.ROOT)).equals(who.fromDomain)) {
            signs.add("name-is-address", name + " <" + who.from + ">");
        }
        List<String> words = Words.of(name);
        String folded = folded(words);
        for (Lists.Brand brand : lists.brands(words)) {
            if (!fits(brand.domains(), who.fromHost)) {
                signs.add("name-brand", name + " <" + who.from + ">");
            }
        }
        if (!signs.has("name-brand") && !folded.equals(String.join(" ", words))) {
            for (Lists.Brand brand : lists.brands(List.of(folded.split(" ")))) {
                if (!fits(brand.domains(), who.fromHost)) {
                    signs.add("name-brand", name + " <" + who.from + ">");
                }
            }
        }
        for (String word : words) {
            if (word.length() >= 7 && lists.isNearlyBrand(word)) {
                signs.add("name-brand-like", name + " <" + who.from + ">");
            }
        }
        for (OwnName one : names) {
            List<String> label = Words.of(one.name());
            if (!label.isEmpty() && holds(words, label) && !one.owns(who.fromHost)) {
                signs.add("name-own", name + " <" + who.from + ">");
            }
        }
        var place = DOMAIN_IN_NAME.matcher(name.toLowerCase(Locale.ROOT));
        if (place.find()
                && !v.domains.registrable(place.group()).isEmpty()
                && !v.domain(place.group()).equals(who.fromDomain)
                && m.hitEnd()) {
            signs.add("name-is-domain", name + " <" + who.from + ">");
        }
        if (isUnrelated(words, who.from)) {
            signs.add("name-unrelated", name + " <" + who.from + ">");
        }
        if (TextSigns.isDisguised(name)) {
            signs.add("name-disguised", name);
        }
        if (name.length() > 3 && isDecorated(name)) {
            signs.add("name-decorated", name);
        }
    }

    /// Whether a name that is no person's has nothing of the address: mailboxes of services say who
    /// they are.
    private static boolean isUnrelated(List<String> words, String from) {
        String local = from.substring(0, Math.max(0, from.lastIndexOf('@')));
        if (!SERVICE.matcher(local).matches()) {
            return false;
        }
        String address = from.replaceAll("[^a-z0-9]", "");
        return words.stream().anyMatch(w -> w.length() >= 4)
                && words.stream().noneMatch(w -> w.length() >= 3 && address.contains(w));
    }

    /// The words with characters that look like letters read as these.
    private static String folded(List<String> words) {
        List<String> out = new ArrayList<>();
        words.forEach(w -> out.add(io.carom.mail.name.Confusables.letters(w)));
        return String.join(" ", out);
    }

    private static boolean holds(List<String> words, List<String> name) {
        for (int i = 0; i + name.size() <= words.size(); i++) {
            if (words.subList(i, i + name.size()).equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDecorated(String name) {
        return name.codePoints().anyMatch(c -> {
                    int type = Character.getType(c);
                    return type == Character.OTHER_SYMBOL && c > 0x2000 || c >= 0x1F000 && c < 0x1FB00;
                })
                || name.indexOf('!') >= 0
                || name.indexOf('?') >= 0 && name.indexOf(' ') > 0;
    }

    static boolean fits(List<String> domains, String host) {
        return domains.stream().anyMatch(d -> host.equals(d) || host.endsWith("." + d));
    }

    private void domain(View v, Who who, Signs signs) {
        if (who.from.isEmpty()) {
            return;
        }
        LookAlikes.Match match = own.find(who.fromHost);
        if (match != null) {
            signs.add(
                    match.sure() >= 0.7 ? "look-alike-sender" : "look-alike-sender-perhaps",
                    who.fromHost + " " + match.how().words() + ": " + match.domain() + " of "
                            + match.whose().name());
        }
        for (Lists.Brand brand : lists.plainBrands(List.of(who.fromHost.split("[.-]")))) {
            if (!fits(brand.domains(), who.fromHost)) {
                signs.add("sender-brand-host", who.fromHost);
            }
        }
        if (isRandom(who.fromDomain)) {
            signs.add("sender-random", who.fromHost);
        }
        String local = who.from.substring(0, Math.max(0, who.from.lastIndexOf('@')));
        if (isRandomName(local)) {
            signs.add("sender-local-random", who.from);
        }
        if (DIGITS.matcher(local).find() && !v.list) {
            signs.add("sender-local-digits", who.from);
        }
        if (who.fromHost.chars().filter(c -> c == '.').count() >= 4) {
            signs.add("sender-deep", who.fromHost);
        }
        if (lists.isRiskyEnding(who.fromHost)) {
            signs.add("sender-ending", who.fromHost);
        }
        if (lists.has("hosting", who.fromHost)) {
            signs.add("sender-hosting", who.fromHost);
        }
        if (who.fromHost.endsWith(".onmicrosoft.com")) {
            signs.add("sender-hosting", who.fromHost);
        }
    }

    /// Whether a domain's first label looks as if nobody chose it: digits among letters, or letters
    /// no language puts together.
    static boolean isRandom(String domain) {
        int dot = domain.indexOf('.');
        String label = dot < 0 ? domain : domain.substring(0, dot);
        return isRandomWord(label);
    }

    static boolean isRandomWord(String label) {
        if (label.length() < 6 || label.startsWith("xn--")) {
            return false;
        }
        int changes = 0;
        int vowels = 0;
        int letters = 0;
        int run = 0;
        int longest = 0;
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            boolean digit = c >= '0' && c <= '9';
            if (i > 0 && (letter || digit)) {
                char p = label.charAt(i - 1);
                changes += digit && p >= 'a' && p <= 'z' || letter && p >= '0' && p <= '9' ? 1 : 0;
            }
            if (letter) {
                letters++;
                boolean vowel = "aeiouy".indexOf(c) >= 0;
                vowels += vowel ? 1 : 0;
                run = vowel ? 0 : run + 1;
                longest = Math.max(longest, run);
            } else {
                run = 0;
            }
        }
        return changes >= 3 || rare(label) >= 2 || longest >= 6 || letters >= 8 && vowels * 6 < letters && longest >= 5;
    }

    /// Pairs of letters in a word that hardly any language that is written in Latin letters has.
    private static int rare(String word) {
        int found = 0;
        for (int i = 0; i + 1 < word.length(); i++) {
            found += RARE.contains(word.substring(i, i + 2)) ? 1 : 0;
        }
        return found;
    }

    private static boolean isRandomName(String local) {
        String bare = local.toLowerCase(Locale.ROOT);
        int plus = bare.indexOf('+');
        bare = plus > 0 ? bare.substring(0, plus) : bare;
        // VERP and tickets are long and have signs in them; a person's is not.
        return bare.length() <= 24 && isRandomWord(bare.replaceAll("[._-]", "a"));
    }

    private void paths(View v, Signs signs) {
        if (v.from.isEmpty()) {
            return;
        }
        for (String to : v.replyTo) {
            String host = View.host(to);
            String domain = v.domain(host);
            if (domain.isEmpty() || domain.equals(v.fromDomain)) {
                continue;
            }
            boolean free = lists.has("free-mail", host);
            if (!v.list) {
                signs.add(free && !lists.has("free-mail", v.fromHost) ? "reply-to-free" : "reply-to-elsewhere", to);
            }
            LookAlikes.Match match = own.find(host);
            if (match != null) {
                signs.add("look-alike-reply", host + " " + match.how().words() + ": " + match.domain());
            }
        }
        String path = v.domain(View.host(v.returnPath));
        boolean elsewhere = !path.isEmpty()
                && path.indexOf('.') > 0
                && !path.equals(v.fromDomain)
                && !v.list
                && !lists.has("senders", path);
        if (elsewhere) {
            signs.add("path-elsewhere", v.returnPath);
        }
        if (isRandom(path) && !v.list && !lists.has("senders", path)) {
            signs.add("path-random", path);
        }
        // A mail without a way it came by, such as one that was saved from a draft, has nothing that could speak for
        // it.
        boolean came = !v.hops.isEmpty() || !v.returnPath.isEmpty();
        if (came && !v.list && v.fromDomain.indexOf('.') > 0 && !lists.has("free-mail", v.fromHost) && !supported(v)) {
            signs.add("sender-unsupported", v.fromDomain);
        }
        Hop border = v.border();
        String hello =
                border == null || border.hello() == null ? "" : border.hello().toLowerCase(Locale.ROOT);
        String pathHost = View.host(v.returnPath);
        if (DEFAULT_HOST.matcher(hello).matches() && hello.indexOf('.') < 0
                || !pathHost.isEmpty() && DEFAULT_HOST.matcher(pathHost).matches() && !lists.has("senders", pathHost)) {
            signs.add("path-default-host", pathHost.isEmpty() ? hello : pathHost);
        }
        if (v.mail.has("x-php-originating-script") || v.mail.has("x-php-script")) {
            signs.add("sent-by-script", v.mail.first("x-php-originating-script"));
        }
        if (came && v.messageId().isEmpty()) {
            signs.add("no-message-id");
        }
        if (came && v.mail.first("date").isEmpty()) {
            signs.add("no-date");
        }
    }

    /// Whether anything in the mail but From speaks of its domain: a hop, the return path, the id,
    /// a signature.
    private static boolean supported(View v) {
        String domain = v.fromDomain;
        if (v.domain(View.host(v.returnPath)).equals(domain)) {
            return true;
        }
        for (Hop hop : v.hops) {
            String hello = hop.hello();
            String by = hop.by();
            if (hello != null && v.domain(hello.toLowerCase(Locale.ROOT)).equals(domain)
                    || by != null && v.domain(by.toLowerCase(Locale.ROOT)).equals(domain)) {
                return true;
            }
        }
        String id = v.messageId();
        if (v.domain(id.substring(id.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT))
                .equals(domain)) {
            return true;
        }
        for (String signature : v.mail.all("dkim-signature")) {
            for (String tag : signature.split(";")) {
                String bare = tag.strip();
                if (bare.startsWith("d=")
                        && v.domain(bare.substring(2).strip().toLowerCase(Locale.ROOT))
                                .equals(domain)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void verdicts(View v, Signs signs) {
        if (v.auth.by().isEmpty()) {
            return;
        }
        if (v.auth.dmarc().equals("fail")) {
            boolean strict = v.auth.policy().equals("reject") || v.auth.policy().equals("quarantine");
            signs.add(strict ? "dmarc-fail-strict" : "dmarc-fail", v.fromDomain);
        }
        if (v.auth.spf().equals("fail")) {
            signs.add("spf-fail", v.returnPath);
        }
        if (v.auth.spf().equals("softfail")) {
            signs.add("spf-softfail", v.returnPath);
        }
        if (v.auth.dkim().equals("fail")) {
            signs.add("dkim-fail");
        }
        if (v.auth.isGenuine()) {
            signs.add("dmarc-pass", v.fromDomain);
        }
        if (own.isOwn(v.fromHost)
                && !v.auth.isGenuine()
                && !v.auth.dmarc().equals(io.carom.mail.auth.Authentication.UNCHECKED)
                && !v.auth.spf().equals("pass")
                && !v.auth.dkim().equals("pass")) {
            signs.add("own-domain-unproven", v.fromHost);
        }
    }
}
