# Les pages QuickBooks. Noms des menus de QuickBooks en 2025; Intuit les change de temps à autre.

quickbooks-review-title = Connecter { $bank } à QuickBooks
quickbooks-review-lead = Avant de continuer, veuillez lire ce qui sera partagé. Rien n’est encore partagé.
quickbooks-who = Qui partage avec qui?
quickbooks-who-text = { $bank } partage avec QuickBooks Online, le logiciel d’Intuit avec lequel vous tenez votre comptabilité.
quickbooks-what = Qu’est-ce qui est partagé?
quickbooks-what-text = Pour les comptes que vous choisissez : leur nom, leur type, leur devise et leur solde, ainsi que leurs opérations portées au compte à partir du jour que vous choisissez. Jamais les codes avec lesquels vous ouvrez une session chez { $bank }.
quickbooks-why = Pour quoi faire?
quickbooks-why-text = Pour que vos opérations figurent dans votre comptabilité sans que personne ait à les saisir.
quickbooks-how-long = Pour combien de temps?
quickbooks-how-long-text = Jusqu’à ce que vous y mettiez fin. QuickBooks demande de lui-même les nouvelles opérations.
quickbooks-withdraw = Comment y mettre fin?
quickbooks-withdraw-text = Ici, avec « Révoquer les identifiants », ou dans QuickBooks, en déconnectant le compte. Ce qui figure déjà dans votre comptabilité y reste.

quickbooks-setup-title = Configurer QuickBooks
quickbooks-setup-lead = Vous recevez ici un nom d’utilisateur et un mot de passe pour QuickBooks, que vous saisissez là-bas. Comptez environ cinq minutes.

quickbooks-waiting = En attente de l’ouverture de session de QuickBooks.
quickbooks-signed-on = QuickBooks a ouvert une session. Choisissez-y maintenant vos comptes.
quickbooks-signed-on-at = QuickBooks a ouvert une session à { $time }. Choisissez-y maintenant vos comptes.
quickbooks-withdrawn = QuickBooks n’a plus accès. Obtenez de nouveaux identifiants pour vous reconnecter; le flux bancaire reprendra là où il s’est arrêté.
quickbooks-linked = { $count ->
    [one] Un compte est lié
   *[other] { $count } comptes sont liés
}
quickbooks-fetched = QuickBooks a récupéré les dernières opérations à { $time }.
quickbooks-more = Comment lier d’autres comptes
quickbooks-revoked = Les identifiants ont été révoqués.

quickbooks-step-get = Obtenez vos identifiants
quickbooks-get-text = Ils ne servent qu’à QuickBooks. Ils ne s’affichent qu’une fois : gardez cette page ouverte jusqu’à ce que QuickBooks soit connecté.
quickbooks-get = Obtenir les identifiants
quickbooks-step-keep = Gardez vos identifiants sous la main
quickbooks-username = Nom d’utilisateur
quickbooks-password = Mot de passe
quickbooks-once = Ils ne s’affichent que cette fois. Ne fermez pas cette page avant que QuickBooks soit connecté et ne les donnez à personne : { $bank } ne vous les demandera jamais.
quickbooks-step-has = Vous avez vos identifiants
quickbooks-has-text = Ils ne peuvent plus être affichés. Si vous ne les avez plus, créez-en de nouveaux ci-dessous.
quickbooks-step-open = Ouvrez QuickBooks
quickbooks-sign-in = Ouvrir une session dans QuickBooks
quickbooks-menu = Allez dans Transactions, puis Transactions bancaires.
quickbooks-link-account = Choisissez Lier un compte.
quickbooks-step-find = Trouvez-y { $bank }
quickbooks-find-text = Cherchez { $bank }, acceptez les conditions, puis saisissez le nom d’utilisateur et le mot de passe de la première étape.
quickbooks-step-choose = Choisissez vos comptes
quickbooks-choose-text = Sélectionnez les comptes et le jour de départ, puis choisissez Connecter. Cette page affiche ensuite les comptes liés.
quickbooks-typed = Je les ai saisis

quickbooks-manage = Votre accès
quickbooks-manage-text = Identifiants perdus ou devenus inutiles? De nouveaux identifiants mettent fin aux anciens.
quickbooks-renew = Créer de nouveaux identifiants
quickbooks-revoke = Révoquer les identifiants
quickbooks-revoke-title = Révoquer les identifiants?
quickbooks-revoke-unused = Le nom d’utilisateur et le mot de passe qui vous ont été affichés cessent de fonctionner.
quickbooks-revoke-stops = QuickBooks ne reçoit plus les nouvelles opérations de vos comptes liés.
quickbooks-revoke-stays = Ce qui figure déjà dans votre comptabilité y reste.
quickbooks-revoke-later = Vous pourrez vous reconnecter plus tard avec de nouveaux identifiants.
quickbooks-renew-title = Créer de nouveaux identifiants?
quickbooks-renew-stops = Ceux que QuickBooks utilise cessent de fonctionner et vos comptes sont déconnectés.
quickbooks-renew-again = Mettez à jour la connexion dans QuickBooks avec les nouveaux; le flux bancaire reprend alors là où il s’est arrêté.
