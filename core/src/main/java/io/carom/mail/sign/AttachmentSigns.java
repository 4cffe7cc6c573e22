package io.carom.mail.sign;

import io.carom.mail.name.LookAlikes;
import io.carom.mail.structure.PageReading;
import io.carom.mail.structure.Part;
import io.carom.mail.structure.WebAddress;
import io.carom.source.mail.Mail;
import io.carom.source.mail.WrittenUrls;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is attached, by its content, never run. Archives are looked into within {@link
/// ArchiveLook}'s bounds.
public final class AttachmentSigns {
    private static final Set<String> PROGRAMS = Set.of(
            ("exe scr com pif cpl msi msp msix appx dll sys ocx js jse vbs vbe wsf wsh hta ps1 bat cmd jar lnk url reg"
                            + " chm gadget application appref-ms settingcontent-ms library-ms search-ms iqy slk xll wll"
                            + " apk dmg pkg sh command desktop rdp msc scf sct wsc psm1 appinstaller msixbundle appxbundle"
                            + " mobileconfig xbap pyw")
                    .split(" "));
    private static final Pattern DOUBLE =
            Pattern.compile(".*\\.(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|txt|rtf|csv|mp3|wav)\\s*\\.[a-z0-9]{2,8}");
    private static final Pattern PASSWORD = Pattern.compile(
            "(?:pass ?word|passwort|kennwort|passcode|pin code|archive code|mot de passe|contrase(?:n|ñ)a|senha|wachtwoord|pwd|pass)\\s*(?:is|ist|est|es|e|:|=|-|für|for)?\\s*[:=]?\\s*[\"'<]?[A-Za-z0-9!@#$%^&*._-]{3,24}",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern PDF_URI = Pattern.compile(
            "/URI\\s*(?:\\(([^\\\\)]{0,2000}+(?:\\\\.[^\\\\)]{0,2000}+){0,200}+)\\)|<([0-9A-Fa-f\\s]{8,4000})>)");

    /// Of an attached page, in bytes.
    private static final int PAGE = 1 << 20;
    /// Addresses in the scripts of one.
    private static final int SCRIPTED = 200;

    private final LinkSigns links;
    private final QrCodes codes = new QrCodes();

    public AttachmentSigns(LookAlikes own) {
        links = new LinkSigns(own);
    }

    public void look(View v, Signs signs) {
        int images = 0;
        for (Part part : v.mail.parts()) {
            if (part.type().startsWith("image/") || QrCodes.isImage(part.bytes())) {
                if (images++ < QrCodes.MOST) {
                    code(v, part, signs);
                }
            }
            if (part.isFile()) {
                file(v, part.name() == null ? "" : part.name(), part.bytes(), part.type(), signs, 0);
            }
        }
        v.pages.forEach(page -> page.images().stream()
                .filter(i -> i.regionMatches(true, 0, "data:image/", 0, 11))
                .limit(QrCodes.MOST)
                .forEach(i -> lead(v, codes.ofData(i), signs)));
    }

    private void code(View v, Part part, Signs signs) {
        lead(v, codes.of(part.bytes()), signs);
    }

    private void lead(View v, String said, Signs signs) {
        if (said.isEmpty()) {
            return;
        }
        WebAddress address = WebAddress.of(said);
        if (address != null && address.isWeb()) {
            signs.add("qr-link", said);
            View.Target target = new View.Target(address, "", v.domain(address.host()));
            v.targets.add(target);
        }
    }

    private void file(View v, String name, byte[] b, String type, Signs signs, int depth) {
        String low = name.toLowerCase(Locale.ROOT).strip();
        String ending = low.substring(low.lastIndexOf('.') + 1);
        if (name.indexOf('\u202E') >= 0 || name.indexOf('\u202D') >= 0 || name.indexOf('\u2066') >= 0) {
            signs.add("file-turned", name);
        }
        if (DOUBLE.matcher(low).matches()
                && (PROGRAMS.contains(ending) || ending.equals("html") || ending.equals("htm"))) {
            signs.add("file-double-ending", name);
        }
        Content content = Content.of(b);
        boolean program = PROGRAMS.contains(ending) && !ending.equals("com") || content == Content.PROGRAM;
        if (program) {
            signs.add("file-program", name);
        }
        switch (content) {
            case SHORTCUT -> signs.add("file-shortcut", name);
            case DISK -> signs.add("file-disk", name);
            case ONENOTE -> signs.add("file-onenote", name);
            case OLE -> {
                if (Content.holdsWide(b, "_VBA_PROJECT")
                        || Content.holdsWide(b, "Macros")
                        || Content.holdsWide(b, "VBA")) {
                    signs.add("file-macro", name);
                }
                if (Content.holdsWide(b, "EncryptedPackage")) {
                    signs.add(isPasswordTold(v) ? "file-locked-told" : "file-locked", name);
                }
            }
            case RTF -> {
                if (Content.holds(b, "\\objupdate") || Content.holds(b, "\\objdata")) {
                    signs.add("file-rtf-object", name);
                }
            }
            case PDF -> pdf(v, name, b, signs);
            case ZIP, SEVEN, RAR, GZIP, TAR, CAB -> archive(v, name, b, content, signs, depth);
            case SVG -> {
                String text = Content.text(b);
                if (text.contains("<script")
                        || text.contains("javascript:")
                        || text.matches("(?s).*\\son[a-z]+\\s*=.*")
                        || text.contains("<foreignobject")) {
                    signs.add("file-svg-script", name);
                }
                leads(v, b);
            }
            case HTML -> page(v, name, b, signs);
            default -> {
                if (ending.equals("html")
                        || ending.equals("htm")
                        || ending.equals("shtml")
                        || ending.equals("xhtml")
                        || type.equals("text/html")) {
                    page(v, name, b, signs);
                } else if (ending.equals("svg") && b.length > 0) {
                    signs.add("file-other-than-named", name);
                }
            }
        }
        if (content.isOtherThan(ending)) {
            signs.add("file-other-than-named", name);
        }
    }

    private static void page(View v, String name, byte[] b, Signs signs) {
        // What is passed on with its page attached is no lure by that alone.
        signs.add("file-page", name);
        String text = Content.text(b);
        if (smuggles(text)) {
            signs.add("file-smuggles", name);
        }
        if (text.contains("type=\"password\"") || text.contains("type='password'") || text.contains("type=password")) {
            signs.add("file-asks-password", name);
        }
        if (v.readers().stream().anyMatch(r -> text.contains(r))) {
            signs.add("file-knows-recipient", name);
        }
        leads(v, b);
    }

    /// An attached page or drawing is opened as one of the web is: where it leads the mail leads, by its
    /// scripts too.
    private static void leads(View v, byte[] b) {
        String source = Mail.content(Arrays.copyOf(b, Math.min(PAGE, b.length)), null);
        PageReading reading = PageReading.of(source);
        reading.links().forEach(l -> leads(v, l.target(), l.text()));
        reading.forms().forEach(f -> leads(v, f, ""));
        String script = reading.scripts().replace("\\/", "/");
        int most = SCRIPTED;
        for (int at = script.indexOf("://"); at >= 0 && most > 0; most--) {
            int begin = at;
            while (begin > 0 && at - begin < 5 && Character.isLetter(script.charAt(begin - 1))) {
                begin--;
            }
            int end = WrittenUrls.end(script, at + 3, Math.min(script.length(), begin + 8_192), true);
            leads(v, WrittenUrls.trimmed(script.substring(begin, end)), "");
            at = script.indexOf("://", end);
        }
    }

    private static void leads(View v, String target, String text) {
        WebAddress address = WebAddress.of(target);
        if (address != null && address.isWeb() && !address.host().isEmpty()) {
            v.lead(target, text);
        }
    }

    /// Whether a script makes a file of what it carries, or hides what it does.
    static boolean smuggles(String script) {
        String s = script.length() > 1 << 19 ? script.substring(0, 1 << 19) : script;
        String low = s.toLowerCase(Locale.ROOT);
        boolean makes = low.contains("new blob(")
                || low.contains("mssaveoropenblob")
                || low.contains("createobjecturl")
                || low.contains("new file(");
        boolean decodes = low.contains("atob(")
                || low.contains("unescape(")
                || low.contains("fromcharcode")
                || low.contains("decodeuricomponent(")
                || low.contains("uint8array");
        boolean writes = low.contains("document.write(")
                || low.contains("eval(")
                || low.contains("location.href")
                || low.contains("window.location")
                || low.contains("location.replace")
                || low.contains(".innerhtml");
        return makes && decodes || decodes && writes;
    }

    private void pdf(View v, String name, byte[] b, Signs signs) {
        String text = PdfLook.text(b);
        if (text.contains("/Launch")
                || text.contains("/JavaScript")
                || text.contains("/JS ")
                || text.contains("/JS(")
                || text.contains("/SubmitForm")
                || text.contains("/ImportData")) {
            signs.add("file-pdf-action", name);
        } else if (text.contains("/OpenAction") && text.contains("/URI")) {
            signs.add("file-pdf-action", name);
        }
        if (text.contains("/EmbeddedFile")) {
            signs.add("file-pdf-file", name);
        }
        if (text.contains("/Encrypt")) {
            signs.add(isPasswordTold(v) ? "file-locked-told" : "file-locked", name);
        }
        Matcher m = PDF_URI.matcher(text);
        int most = 50;
        while (m.find() && most-- > 0) {
            String written = m.group(1) != null
                    ? m.group(1).replaceAll("\\\\([\\\\()])", "$1")
                    : hexadecimal(m.group(2).replaceAll("\\s", ""));
            WebAddress address = WebAddress.of(written);
            if (address != null && address.isWeb()) {
                signs.add("file-pdf-link", written);
                v.targets.add(new View.Target(address, "", v.domain(address.host())));
            }
        }
    }

    /// A string of a PDF that is written so; a last digit that is missing is nought (ISO 32000-2, section
    /// 7.3.4.3).
    private static String hexadecimal(String digits) {
        String even = digits.length() % 2 == 0 ? digits : digits + "0";
        return new String(HexFormat.of().parseHex(even), StandardCharsets.ISO_8859_1);
    }

    private void archive(View v, String name, byte[] b, Content content, Signs signs, int depth) {
        ArchiveLook look = ArchiveLook.of(b, content);
        if (look.locked()) {
            signs.add(isPasswordTold(v) ? "file-locked-told" : "file-locked", name);
        }
        if (look.deep()) {
            signs.add("file-deep", name);
        }
        if (look.bomb()) {
            signs.add("file-bomb", name);
        }
        if (look.macro()) {
            signs.add("file-macro", name);
        }
        for (ArchiveLook.Member member : look.members()) {
            if (!look.document()) {
                signs.add("file-archive", name);
                // What is packed alone is called as its archive is.
                String called = member.name().isEmpty() ? name.replaceFirst("(?i)\\.gz$", "") : member.name();
                file(v, called, member.bytes(), "", signs, depth + 1);
            } else if (member.name().endsWith(".rels")
                    && Content.text(member.bytes()).contains("attachedtemplate")) {
                signs.add("file-remote-template", name);
            }
        }
    }

    private static boolean isPasswordTold(View v) {
        String text = v.text.length() > 20_000 ? v.text.substring(0, 20_000) : v.text;
        // Expressions that take blanks in three places go back over long runs of them.
        return PASSWORD.matcher(text.replaceAll("\\s+", " ")).find();
    }

    /// Signs of addresses that stand in files and images are looked for after all files were opened.
    public LinkSigns links() {
        return links;
    }
}
