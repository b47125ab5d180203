import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.X509Certificate;
import java.util.*;

/** Says in lines of the manifest what Java finds: java Dump.java FILE PASSWORD KEYPASSWORD [BC]. */
class Dump {
    public static void main(String[] args) throws Exception {
        String name = Path.of(args[0]).getFileName().toString();
        String format = name.substring(name.lastIndexOf('.') + 1).replace("p12", "pkcs12");
        KeyStore s;
        if (args.length > 3) {
            Provider bc = (Provider) Class.forName("org.bouncycastle.jce.provider.BouncyCastleProvider")
                    .getDeclaredConstructor().newInstance();
            s = KeyStore.getInstance("PKCS12", bc);
        } else {
            s = KeyStore.getInstance(format.equals("jks") ? "CaseExactJKS" : format);
        }
        try (InputStream in = Files.newInputStream(Path.of(args[0]))) {
            s.load(in, args[1].toCharArray());
        }
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        out.println("file " + name + " " + format + " " + args[1] + " " + args[2]);
        List<String> lines = new ArrayList<>();
        for (String alias : Collections.list(s.aliases())) {
            StringJoiner chain = new StringJoiner(",");
            String kind = "trusted-cert", key = "-";
            java.security.cert.Certificate[] certs = s.getCertificateChain(alias);
            if (s.isKeyEntry(alias)) {
                Key k;
                try {
                    k = s.getKey(alias, args[1].toCharArray());
                } catch (UnrecoverableKeyException e) {
                    k = s.getKey(alias, args[2].toCharArray());
                }
                boolean secret = k instanceof javax.crypto.SecretKey;
                kind = secret ? "secret-key" : "private-key";
                key = secret ? k.getAlgorithm() + ":" + HexFormat.of().formatHex(k.getEncoded()) : name(certs[0]);
            } else {
                certs = new java.security.cert.Certificate[] {s.getCertificate(alias)};
            }
            for (int i = 0; certs != null && i < certs.length; i++) {
                chain.add(name(certs[i]));
            }
            // Java says the time of loading for what has no date in the file.
            long date = s.getCreationDate(alias).getTime();
            boolean none = System.currentTimeMillis() - date < 5000 && format.equals("pkcs12")
                    && (kind.equals("trusted-cert") || args.length > 3);
            lines.add("  " + kind + " " + alias.replace(' ', '~') + " " + (none ? "-" : date) + " " + key + " " + chain);
        }
        Collections.sort(lines);
        lines.forEach(out::println);
    }

    static String name(java.security.cert.Certificate c) {
        return ((X509Certificate) c).getSubjectX500Principal().getName().replaceAll("^CN=", "");
    }
}
