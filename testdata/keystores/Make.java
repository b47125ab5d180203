import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;

/** Writes the stores that take a program: java -cp bcprov.jar Make.java KEYS OUT. */
class Make {
    static Path keys, out;
    static final char[] PW = "changeit".toCharArray();

    public static void main(String[] args) throws Exception {
        keys = Path.of(args[0]);
        out = Path.of(args[1]);
        Provider bc = (Provider) Class.forName("org.bouncycastle.jce.provider.BouncyCastleProvider")
                .getDeclaredConstructor().newInstance();

        KeyStore own = create("PKCS12", null);
        own.setKeyEntry("ec", key("ec", "EC"), PW, chain("ec"));
        own.setKeyEntry("rsa", key("rsa", "RSA"), "secret-key".toCharArray(), chain("rsa"));
        store(own, "java-own-password.p12");

        KeyStore mixed = create("CaseExactJKS", null);
        mixed.setKeyEntry("Gateway", key("ec", "EC"), PW, chain("ec"));
        mixed.setCertificateEntry("Anchor", chain("ec")[2]);
        store(mixed, "java-mixed-case.jks");

        store(create("PKCS12", null), "java-empty.p12");
        store(create("JKS", null), "java-empty.jks");

        for (String[] kind : new String[][] {
                {"PKCS12", "bc.p12"}, {"PKCS12-3DES-40RC2", "bc-3des-40rc2.p12"},
                {"PKCS12-DEF", "bc-def.p12"}, {"PKCS12-3DES-3DES", "bc-3des-3des.p12"}}) {
            KeyStore s = create(kind[0], bc);
            s.setKeyEntry("ec", key("ec", "EC"), PW, chain("ec"));
            s.setKeyEntry("rsa", key("rsa", "RSA"), PW, chain("rsa"));
            store(s, kind[1]);
        }
        for (String kind : new String[] {"BKS", "UBER", "BCFKS"}) {
            KeyStore s = create(kind, bc);
            s.setKeyEntry("ec", key("ec", "EC"), PW, chain("ec"));
            store(s, "bc." + kind.toLowerCase());
        }
    }

    static KeyStore create(String type, Provider p) throws Exception {
        KeyStore s = p == null ? KeyStore.getInstance(type) : KeyStore.getInstance(type, p);
        s.load(null, null);
        return s;
    }

    static void store(KeyStore s, String name) throws Exception {
        try (OutputStream o = Files.newOutputStream(out.resolve(name))) {
            s.store(o, PW);
        }
    }

    static PrivateKey key(String name, String algorithm) throws Exception {
        String pem = Files.readString(keys.resolve(name + ".key")).replaceAll("-----[^-]*-----", "");
        return KeyFactory.getInstance(algorithm).generatePrivate(
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem)));
    }

    static java.security.cert.Certificate[] chain(String name) throws Exception {
        try (InputStream in = Files.newInputStream(keys.resolve(name + ".chain"))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in)
                    .toArray(new java.security.cert.Certificate[0]);
        }
    }
}
