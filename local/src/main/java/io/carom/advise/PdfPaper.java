package io.carom.advise;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TimeZone;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.apache.pdfbox.pdmodel.graphics.state.RenderingMode;

/// A PDF on A4 that is written from top to bottom: headings, paragraphs, lists, tables; each page has
/// the marking above and below. The same calls give the same bytes.
final class PdfPaper implements AutoCloseable {
    private static final float WIDTH = PDRectangle.A4.getWidth();
    private static final float HEIGHT = PDRectangle.A4.getHeight();
    private static final float MARGIN = 50;
    private static final float[] INK = {0.11f, 0.12f, 0.14f};
    private static final float[] SOFT = {0.35f, 0.39f, 0.45f};
    private static final float[] ACCENT = {0.04f, 0.29f, 0.44f};

    /// Pages of one document; what would come behind is not written, and the last page says so.
    private static final int MAX_PAGES = 200;

    private final PDDocument document = new PDDocument();
    private final PDFont font;
    private final String marking;
    private final float[] markingColour;
    private final String footer;
    private final Map<Integer, Float> widths = new HashMap<>();
    private PDPageContentStream page;
    private float y;
    private int pages;
    private boolean full;

    /// @param marking on each page
    /// @param footer beside it, with the number of the page
    PdfPaper(String title, String marking, float[] markingColour, String footer, Instant made, long id)
            throws IOException {
        this.marking = marking;
        this.markingColour = markingColour;
        this.footer = footer;
        try (InputStream ttf = Objects.requireNonNull(
                PDDocument.class.getResourceAsStream("/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf"))) {
            font = PDType0Font.load(document, ttf, true);
        }
        PDDocumentInformation information = new PDDocumentInformation();
        information.setTitle(title);
        information.setProducer("Carom");
        Calendar calendar = GregorianCalendar.from(made.atZone(ZoneOffset.UTC));
        calendar.setTimeZone(TimeZone.getTimeZone("UTC"));
        information.setCreationDate(calendar);
        document.setDocumentInformation(information);
        document.getDocumentCatalog().setLanguage("en");
        document.setDocumentId(id);
        page = begin();
    }

    private PDPageContentStream begin() throws IOException {
        PDPage one = new PDPage(PDRectangle.A4);
        document.addPage(one);
        pages++;
        PDPageContentStream stream = new PDPageContentStream(document, one);
        float width = width(marking, 9) + 10;
        for (float at : new float[] {HEIGHT - 36, 24}) {
            stream.setNonStrokingColor(0, 0, 0);
            stream.addRect(WIDTH - MARGIN - width, at - 4, width, 15);
            stream.fill();
            draw(stream, marking, WIDTH - MARGIN - width + 5, at, 9, markingColour, true);
        }
        draw(stream, footer + "   page " + pages, MARGIN, 24, 8, SOFT, false);
        y = HEIGHT - 70;
        return stream;
    }

    private void room(float height) throws IOException {
        if (y - height < 50 && !full) {
            page.close();
            if (pages >= MAX_PAGES) {
                full = true;
                return;
            }
            page = begin();
        }
    }

    private void draw(PDPageContentStream to, String text, float x, float at, float size, float[] colour, boolean bold)
            throws IOException {
        to.beginText();
        to.setFont(font, size);
        to.setNonStrokingColor(colour[0], colour[1], colour[2]);
        to.setStrokingColor(colour[0], colour[1], colour[2]);
        to.setRenderingMode(bold ? RenderingMode.FILL_STROKE : RenderingMode.FILL);
        to.setLineWidth(bold ? size / 30 : 0);
        to.newLineAtOffset(x, at);
        to.showText(text);
        to.endText();
    }

    /// The text with what the font has no sign for, and what would be invisible, as code points.
    private String written(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            if (c == '\n' || c == '\t' || c == '\r') {
                out.append(' ');
            } else if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.SURROGATE
                    || width(c) < 0) {
                out.append(String.format(Locale.ROOT, "<U+%04X>", c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    /// In thousandths of the size; -1 if the font has no sign for it.
    private float width(int c) {
        return widths.computeIfAbsent(c, p -> {
            try {
                return font.getStringWidth(Character.toString(p));
            } catch (IOException | IllegalArgumentException e) {
                return -1f;
            }
        });
    }

    private float width(String text, float size) {
        float sum = 0;
        for (int c : text.codePoints().toArray()) {
            sum += Math.max(0, width(c));
        }
        return sum / 1000 * size;
    }

    private List<String> lines(String text, float size, float most) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : written(text).split(" ", -1)) {
            String rest = word;
            String joined = line.isEmpty() ? rest : line + " " + rest;
            if (width(joined, size) <= most) {
                line.setLength(0);
                line.append(joined);
                continue;
            }
            if (!line.isEmpty()) {
                lines.add(line.toString());
                line.setLength(0);
            }
            while (width(rest, size) > most) {
                int end = 1;
                while (end < rest.length() && width(rest.substring(0, end + 1), size) <= most) {
                    end++;
                }
                if (end < rest.length() && Character.isLowSurrogate(rest.charAt(end))) {
                    end++;
                }
                lines.add(rest.substring(0, end));
                rest = rest.substring(end);
            }
            line.append(rest);
        }
        lines.add(line.toString());
        return lines;
    }

    private void write(String text, float x, float most, float size, float[] colour, boolean bold) throws IOException {
        for (String line : lines(text, size, most)) {
            room(size * 1.4f);
            if (full) {
                return;
            }
            draw(page, line, x, y - size, size, colour, bold);
            y -= size * 1.4f;
        }
    }

    PdfPaper title(String text) throws IOException {
        write(text, MARGIN, WIDTH - 2 * MARGIN, 20, INK, true);
        y -= 4;
        return this;
    }

    PdfPaper heading(String text) throws IOException {
        room(60);
        y -= 12;
        write(text, MARGIN, WIDTH - 2 * MARGIN, 13, ACCENT, true);
        if (!full) {
            page.setStrokingColor(ACCENT[0], ACCENT[1], ACCENT[2]);
            page.setLineWidth(1);
            page.moveTo(MARGIN, y);
            page.lineTo(WIDTH - MARGIN, y);
            page.stroke();
        }
        y -= 6;
        return this;
    }

    PdfPaper subheading(String text) throws IOException {
        room(40);
        y -= 6;
        write(text, MARGIN, WIDTH - 2 * MARGIN, 10.5f, INK, true);
        return this;
    }

    PdfPaper paragraph(String text) throws IOException {
        write(text, MARGIN, WIDTH - 2 * MARGIN, 10, INK, false);
        y -= 4;
        return this;
    }

    PdfPaper soft(String text) throws IOException {
        write(text, MARGIN, WIDTH - 2 * MARGIN, 8.5f, SOFT, false);
        y -= 3;
        return this;
    }

    /// An element of a list.
    ///
    /// @param mark `1.` or `•`
    PdfPaper item(String mark, String text) throws IOException {
        room(14);
        if (!full) {
            draw(page, mark, MARGIN + 2, y - 10, 10, ACCENT, true);
        }
        write(text, MARGIN + 22, WIDTH - 2 * MARGIN - 22, 10, INK, false);
        y -= 3;
        return this;
    }

    /// A table; a row is not broken over pages where it fits on one.
    ///
    /// @param shares of the width
    PdfPaper table(float[] shares, List<String> head, List<List<String>> rows) throws IOException {
        row(shares, head, true);
        for (List<String> row : rows) {
            row(shares, row, false);
        }
        y -= 6;
        return this;
    }

    private void row(float[] shares, List<String> cells, boolean head) throws IOException {
        float size = 8;
        float all = WIDTH - 2 * MARGIN;
        List<List<String>> lines = new ArrayList<>();
        int most = 1;
        for (int i = 0; i < cells.size(); i++) {
            List<String> cell = lines(cells.get(i), size, shares[i] * all - 6);
            List<String> cut = cell.size() > 40 ? cell.subList(0, 40) : cell;
            lines.add(cut);
            most = Math.max(most, cut.size());
        }
        room(most * size * 1.3f + 6);
        if (full) {
            return;
        }
        float top = y - 3;
        float x = MARGIN;
        for (int i = 0; i < lines.size(); i++) {
            float at = top - size;
            for (String line : lines.get(i)) {
                draw(page, line, x, at, size, head ? SOFT : INK, head);
                at -= size * 1.3f;
            }
            x += shares[i] * all;
        }
        y = top - most * size * 1.3f - 3;
        page.setStrokingColor(0.82f, 0.85f, 0.88f);
        page.setLineWidth(0.5f);
        page.moveTo(MARGIN, y);
        page.lineTo(WIDTH - MARGIN, y);
        page.stroke();
    }

    byte[] done() throws IOException {
        if (!full) {
            page.close();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        document.save(bytes);
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        document.close();
    }
}
