/// The passwords people choose most often, of eight characters and more (shorter ones are refused anyway).

/// In lower case; compared without regard to case.
let commonPasswords = Set("""
    password 12345678 123456789 1234567890 password1 qwerty123 1q2w3e4r 1q2w3e4r5t iloveyou 11111111 00000000
    87654321 88888888 password123 passw0rd p@ssw0rd p@ssword sunshine princess football baseball trustno1 superman
    starwars whatever jennifer michelle internet computer corvette maverick mercedes samantha victoria elephant
    midnight steelers danielle jonathan marlboro creative benjamin redskins snowball startrek bigdaddy swordfish
    mountain williams rush2112 12341234 asdfghjk asdfasdf asdfghjkl qwertyui qwertyuiop q1w2e3r4 q1w2e3r4t5 qazwsxedc
    1qaz2wsx zaq12wsx zxcvbnm1 zxcvbnm123 abcd1234 abc12345 a1b2c3d4 aa123456 a12345678 1234qwer qwer1234 123qweasd
    123123123 123456abc 11223344 12344321 147258369 987654321 0987654321 9876543210 123321123 789456123 102030405060
    99999999 77777777 66666666 55555555 22222222 12121212 11112222 changeme letmein1 welcome1 welcome123 administrator
    admin123 admin1234 adminadmin administrator1 monkey123 dragon123 master123 football1 charlie1 liverpool chocolate
    basketball butterfly spiderman pokemon123 minecraft fuckyou1 iloveyou1 princess1 sunshine1 secret123 test1234
    testtest password12 password1234 passwort passwort1 hallo123 schalke04 motdepasse azerty123 azertyuiop contraseña
    """.split(whereSeparator: \.isWhitespace).map(String.init))
