package io.carom.mail.sign;

import io.carom.mail.Lists;
import io.carom.mail.name.LookAlikes;
import io.carom.mail.structure.WebAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where the mail leads.
public final class LinkSigns {
    private static final Pattern SHOWN = Pattern.compile(
            "(?:https?://)?((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+(?:[a-z]{2,24}))(?:[/?#:].*)?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern INNER =
            Pattern.compile("(?:https?:|https?%3a)(?://|%2f%2f)([a-z0-9.-]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern LEAVE = Pattern.compile(
            "unsub|remove|optout|opt-out|opt_out|leave|preferences|profile|manage|abmeld|desinscri|désinscri|baja|cancelar|disiscri|list-manage|login",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern CODED = Pattern.compile("[A-Za-z0-9_-]{12,}");
    private static final Pattern MAIL =
            Pattern.compile("[a-z0-9._+-]{2,40}@[a-z0-9-]+\\.[a-z.]{2,20}", Pattern.CASE_INSENSITIVE);
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{24,}");

    /// Of an address, for what is in it of its reader.
    private static final int LOOKED = 2_048;

    private final Lists lists = Lists.own();
    private final LookAlikes own;

    public LinkSigns(LookAlikes own) {
        this.own = own;
    }

    public void look(View v, Signs signs) {
        Set<String> registered = new java.util.LinkedHashSet<>();
        Set<String> clicked = new HashSet<>();
        for (View.Target target : v.targets) {
            one(v, target, signs);
            // Who sends for others leads by its own domain for all of them: that says nothing.
            if (target.address().isWeb()
                    && !target.registered().isEmpty()
                    && !lists.has("senders", target.address().host())) {
                registered.add(target.registered());
                clicked.add(target.address().text());
            }
        }
        List<View.Target> web = v.web();
        if (!registered.isEmpty() && !v.list && v.fromDomain.indexOf('.') > 0) {
            boolean related =
                    registered.stream().anyMatch(r -> r.equals(v.fromDomain) || label(r).equals(label(v.fromDomain)));
            if (!related) {
                signs.add("links-elsewhere", registered.iterator().next());
            }
        }
        if (web.size() >= 2 && registered.size() == 1 && !registered.contains(v.fromDomain)) {
            signs.add("links-one-place", registered.iterator().next());
        }
        // Texts and scripts may hold addresses that no link shows.
        long mailto = v.targets.stream()
                .filter(t -> t.address().scheme().equals("mailto"))
                .filter(t -> {
                    String host =
                            View.host(t.address().rest().split("\\?", 2)[0].toLowerCase(Locale.ROOT));
                    return lists.has("free-mail", host) && !host.equals(v.fromHost);
                })
                .count();
        if (mailto > 0 && (clicked.isEmpty() || mailto >= 2)) {
            signs.add("links-to-free-mail");
        }
    }

    private static String label(String domain) {
        int dot = domain.indexOf('.');
        return dot < 0 ? domain : domain.substring(0, dot);
    }

    private void one(View v, View.Target target, Signs signs) {
        WebAddress a = target.address();
        switch (a.scheme()) {
            case "data" -> {
                if (a.rest().regionMatches(true, 0, "text/html", 0, 9)
                        || a.rest().regionMatches(true, 0, "application", 0, 11)) {
                    signs.add("link-data", a.text());
                }
                return;
            }
            case "blob", "vbscript" -> {
                signs.add("link-data", a.text());
                return;
            }
            case "javascript" -> {
                signs.add("link-script", a.text());
                return;
            }
            case "file" -> {
                signs.add("link-file", a.text());
                return;
            }
            case "http", "https" -> {}
            default -> {
                return;
            }
        }
        String host = a.host();
        if (host.isEmpty()) {
            return;
        }
        if (a.isNumber()) {
            signs.add("link-number", host);
        }
        if (a.port() > 0 && a.port() != 80 && a.port() != 443) {
            signs.add("link-port", host + ":" + a.port());
        }
        if (a.user().indexOf('.') > 0 || a.user().length() > 40) {
            signs.add("link-user", a.text());
        }
        String front = a.text().substring(0, a.text().length() - a.rest().length());
        if (host.contains("xn--") || front.chars().anyMatch(c -> c >= 0x80)) {
            signs.add("link-idn", host);
        }
        if (lists.has("shorteners", host)) {
            signs.add("link-short", host);
        }
        boolean hosted = lists.has("hosting", host);
        if (hosted && !target.registered().equals(v.fromDomain)) {
            signs.add("link-hosting", host);
        }
        if (lists.isRiskyEnding(host)) {
            signs.add("link-ending", host);
        }
        redirects(v, a, signs);
        LookAlikes.Match match = own.find(host);
        if (match != null) {
            signs.add(
                    match.sure() >= 0.7 ? "look-alike-link" : "look-alike-link-perhaps",
                    host + " " + match.how().words() + ": " + match.domain() + " of "
                            + match.whose().name());
        }
        String rest = a.rest().toLowerCase(Locale.ROOT);
        for (Lists.Brand brand : lists.plainBrands(List.of(host.split("[.-]")))) {
            if (!SenderSigns.fits(brand.domains(), host) && !SenderSigns.fits(brand.domains(), v.fromHost)) {
                signs.add("link-brand-host", host);
            }
        }
        if (SenderSigns.isRandom(target.registered()) || firstIsRandom(host, target.registered())) {
            signs.add("link-random", host);
        }
        if (rest.length() > 1 && !lists.has("senders", host) && isTokened(a.rest())) {
            signs.add(target.registered().equals(v.fromDomain) ? "link-token-own" : "link-token", a.text());
        }
        if (rest.matches(".*\\.(exe|scr|js|jse|vbs|vbe|hta|lnk|iso|img|msi|bat|cmd|ps1|jar|apk|zip|rar|7z)(\\?.*)?")
                && !target.registered().equals(v.fromDomain)) {
            signs.add("link-program", a.text());
        }
        // Senders put it into what leaves their list as well.
        boolean leaving =
                LEAVE.matcher(a.text()).find() || LEAVE.matcher(target.text()).find();
        String written = a.rest().substring(0, Math.min(LOOKED, a.rest().length()));
        String begin = written.toLowerCase(Locale.ROOT);
        for (String recipient : leaving ? List.<String>of() : v.readers()) {
            if (recipient.length() >= 6
                    && (begin.contains(recipient)
                            || begin.contains(recipient.replace("@", "%40"))
                            || written.contains(base64(recipient)))) {
                signs.add("link-recipient", a.text());
            }
        }
        if (!leaving && !target.registered().equals(v.fromDomain) && holdsAddress(a.rest())) {
            signs.add("link-hides-address", a.text());
        }
        Matcher shown = SHOWN.matcher(target.text().strip());
        if (shown.matches()) {
            String domain = v.domain(shown.group(1).toLowerCase(Locale.ROOT));
            if (!v.domains.registrable(domain).isEmpty() && !domain.equals(target.registered())) {
                // Senders that count clicks lead by their own domain: that one is known.
                boolean counted = target.registered().equals(v.fromDomain) || lists.has("senders", host);
                signs.add(counted ? "link-text-counted" : "link-text-other", target.text() + " → " + host);
            }
        }
    }

    private void redirects(View v, WebAddress a, Signs signs) {
        String rest = a.rest().length() > 4_096 ? a.rest().substring(0, 4_096) : a.rest();
        String address = (a.host() + rest).toLowerCase(Locale.ROOT);
        Matcher inner = INNER.matcher(rest);
        boolean leads = inner.find()
                && !v.domain(inner.group(1).toLowerCase(Locale.ROOT)).equals(v.domain(a.host()));
        if (lists.isRedirector(address)
                && (leads
                        || address.contains("/amp/")
                        || address.contains("/ck/a")
                        || address.contains("facebook.com/n/")
                        || address.contains("translate.goog"))) {
            signs.add("link-redirector", a.text());
        } else if (leads && !v.domain(a.host()).equals(v.fromDomain) && !lists.has("senders", a.host())) {
            signs.add("link-leads-on", a.text());
        }
    }

    /// `BISrLQP3dNQh7JNxLW8IBISrL.example.space`
    private static boolean firstIsRandom(String host, String registered) {
        if (host.length() <= registered.length() + 8 || !host.endsWith(registered)) {
            return false;
        }
        String first = label(host);
        return first.length() >= 12 && SenderSigns.isRandomWord(first);
    }

    /// A path of one long word that nobody reads: letters and digits mixed.
    private static boolean isTokened(String rest) {
        Matcher m = TOKEN.matcher(rest);
        while (m.find()) {
            String token = m.group();
            if (token.chars().anyMatch(Character::isDigit)
                    && SenderSigns.isRandomWord(token.toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    /// Whether a word of it is a mail address in hexadecimal or Base64.
    private static boolean holdsAddress(String rest) {
        Matcher m = CODED.matcher(rest.length() > 2_048 ? rest.substring(0, 2_048) : rest);
        while (m.find()) {
            String word = m.group();
            if (word.matches("(?:[0-9a-fA-F]{2})+")
                    && MAIL.matcher(new String(java.util.HexFormat.of().parseHex(word), StandardCharsets.ISO_8859_1))
                            .find()) {
                return true;
            }
            try {
                String plain = new String(
                        Base64.getUrlDecoder().decode(word.replace('+', '-').replace('/', '_')),
                        StandardCharsets.ISO_8859_1);
                if (MAIL.matcher(plain).find()) {
                    return true;
                }
            } catch (IllegalArgumentException e) {
                continue;
            }
        }
        return false;
    }

    private static String base64(String text) {
        String all = Base64.getEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        return all.substring(0, Math.max(6, all.length() - 2));
    }
}
