package io.carom.mail.sign;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Iterator;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/// Text of QR codes in images (ISO/IEC 18004), by ZXing. An image is read no larger than {@link
/// #SIDE} points a side.
final class QrCodes {
    /// Images a mail that are looked at.
    static final int MOST = 10;
    private static final int SIDE = 1_200;
    private static final int LARGEST = 20_000;
    private static final int BYTES = 8 << 20;

    static {
        ImageIO.setUseCache(false);
    }

    static boolean isImage(byte[] b) {
        return Content.of(b) == Content.IMAGE;
    }

    /// The text of the code in an image of a page, `data:image/png;base64,…`; empty if there is none.
    String ofData(String uri) {
        int comma = uri.indexOf(',');
        if (comma < 0 || !uri.substring(0, comma).endsWith("base64")) {
            return "";
        }
        try {
            return of(Base64.getMimeDecoder().decode(uri.substring(comma + 1)));
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /// The text of the code in an image; empty if there is none, or the image cannot be read.
    String of(byte[] image) {
        if (image.length < 64 || image.length > BYTES || !isImage(image)) {
            return "";
        }
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(image))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                return "";
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                int width = reader.getWidth(0);
                int height = reader.getHeight(0);
                // A code has some points a square, and is no line.
                if (width < 21
                        || height < 21
                        || width > LARGEST
                        || height > LARGEST
                        || (long) width * height > 1L << 27) {
                    return "";
                }
                int step = Math.max(1, (Math.max(width, height) + SIDE - 1) / SIDE);
                ImageReadParam param = reader.getDefaultReadParam();
                param.setSourceSubsampling(step, step, 0, 0);
                return decode(reader.read(0, param));
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException | StackOverflowError e) {
            return "";
        }
    }

    private static String decode(BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        int[] points = picture.getRGB(0, 0, width, height, null, 0, width);
        // What is clear is white, as mail programs show it.
        for (int i = 0; i < points.length; i++) {
            points[i] = points[i] >>> 24 < 128 ? 0xFFFFFFFF : points[i];
        }
        BinaryBitmap bitmap = new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(width, height, points)));
        try {
            return new QRCodeReader()
                    .decode(bitmap, Map.of(DecodeHintType.TRY_HARDER, Boolean.TRUE))
                    .getText();
        } catch (ReaderException e) {
            return "";
        }
    }
}
