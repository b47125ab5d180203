import java.io.FileInputStream;
import java.security.cert.*;
import java.util.*;

// java Pkix.java ROOT LEAF...: validates each leaf under the root as Java's PKIX does,
// and ends with 1 where one is refused.
public class Pkix {
    public static void main(String[] args) throws Exception {
        CertificateFactory f = CertificateFactory.getInstance("X.509");
        X509Certificate root = (X509Certificate) f.generateCertificate(new FileInputStream(args[0]));
        // A constraint on the anchor is honoured only where it is handed in.
        PKIXParameters p = new PKIXParameters(Set.of(new TrustAnchor(root, root.getExtensionValue("2.5.29.30") == null ? null : inner(root))));
        p.setRevocationEnabled(false);
        int status = 0;
        for (String leaf : Arrays.copyOfRange(args, 1, args.length)) {
            try {
                X509Certificate c = (X509Certificate) f.generateCertificate(new FileInputStream(leaf));
                CertPathValidator.getInstance("PKIX").validate(f.generateCertPath(List.of(c)), p);
            } catch (CertPathValidatorException e) {
                System.out.println(leaf + ": " + e.getMessage());
                status = 1;
            }
        }
        System.exit(status);
    }

    // inner takes the OCTET STRING off an extension's value.
    static byte[] inner(X509Certificate c) {
        byte[] v = c.getExtensionValue("2.5.29.30");
        int header = v[1] >= 0 ? 2 : 2 + (v[1] & 0x7f);
        return Arrays.copyOfRange(v, header, v.length);
    }
}
