# Où mène chaque compte de la banque dans la comptabilité tenue avec un logiciel comme Xero.

mapping-title = Connecter vos comptes à { $software }
mapping-lead = Choisissez où vont les opérations de chaque compte. Ensuite, { $bank } envoie les nouvelles automatiquement.
mapping-linked = Connecté à { $software }
mapping-linked-to = Connecté à { $organisation }
mapping-sign-in = Utiliser un autre accès
mapping-sent = Dernier envoi d’opérations : { $moment }
mapping-trouble-access = { $software } ne donne plus accès à { $bank }. Reconnectez-vous-y, et tout reprendra là où cela s’était arrêté.
mapping-trouble-silence = { $software } est injoignable pour le moment. { $bank } réessaie, et aucune opération ne se perd.
mapping-words = Ce qui a été répondu :
mapping-reading = Lecture des comptes de votre comptabilité dans { $software }. Cela prend quelques secondes.
mapping-empty-title = Aucun compte pour l’instant
mapping-empty-text = { $bank } n’a encore proposé aucun de vos comptes ici. Dès que ce sera fait, ils apparaîtront sur cette page et vous pourrez les connecter.

mapping-status-working = Fonctionne
mapping-status-fresh = Non connecté
mapping-status-connecting = Connexion en cours
mapping-status-connected = Connecté
mapping-status-problem = Problème
mapping-status-ended = Déconnecté

mapping-ending-in = se terminant par{" "}
mapping-refused = { $software } n’a pas connecté ce compte. Rien n’a été envoyé ; vous pouvez réessayer.
mapping-ended = Les nouvelles opérations ne sont plus envoyées. Vous pouvez reconnecter le compte ici.
mapping-connecting = { $software } prépare la connexion. Cela prend en général moins d’une minute.
mapping-to = Envoyer les opérations vers
mapping-please-choose = Veuillez choisir
mapping-new = Créer dans { $software } un compte nommé « { $name } »
mapping-suggested-number = Suggéré : mêmes quatre derniers chiffres
mapping-suggested-name = Suggéré : même nom
mapping-suggested-only = Suggéré : aucun autre compte ne convient
mapping-suggestion = { $why } ({ $name })
mapping-fits-nothing = Aucun de vos comptes dans { $software } ne convient ; il en faut donc un nouveau.
mapping-misfits = { $count ->
    [one] Un compte ne peut pas être utilisé (pourquoi ?)
   *[other] { $count } comptes ne peuvent pas être utilisés (pourquoi ?)
}
mapping-unfit-currency = Il est tenu en { $currency }, contrairement à ce compte.
mapping-unfit-card = C’est une carte de crédit, contrairement à ce compte.
mapping-unfit-bank = C’est un compte bancaire, alors que ce compte est une carte.
mapping-unfit-fed = Il reçoit déjà les opérations d’un autre compte.
mapping-start = À partir du
mapping-start-hint = { $bank } est priée d’envoyer les opérations à partir de ce jour. Si { $software } en a déjà, choisissez le lendemain de la dernière, afin qu’aucune n’y soit deux fois.
mapping-connect = Connecter ce compte

mapping-leads-to = Les opérations vont vers{" "}
mapping-leads-somewhere = Un compte dans { $software }
mapping-since = Connecté depuis le { $date }.
mapping-from = Les opérations sont envoyées à partir du { $date }.
mapping-disconnect = Déconnecter…
mapping-disconnect-title = Déconnecter { $name } ?
mapping-disconnect-stays = Les opérations déjà dans { $software } y restent.
mapping-disconnect-stops = Les nouvelles ne sont plus envoyées dès maintenant.
mapping-disconnect-later = Vous pourrez reconnecter le compte plus tard.
mapping-disconnect-act = Déconnecter
mapping-disconnected = Le compte a été déconnecté.

mapping-fault-title = Veuillez vérifier votre saisie
mapping-fault-at = { $name } : { $what }
mapping-fault-choose = Choisissez où vont les opérations.
mapping-fault-unknown = Le compte choisi n’existe plus dans { $software }. Choisissez-en un autre.
mapping-fault-unfit = { $name } ne peut pas être utilisé. { $why }
mapping-fault-refused = Le compte choisi ne peut plus être utilisé. Choisissez-en un autre.
mapping-fault-start = Indiquez le jour de début.
mapping-fault-range = Choisissez un jour entre le { $first } et le { $last }.
mapping-fault-late = Choisissez un jour au plus tard le { $last }.
mapping-fault-taken = Il a été connecté entre-temps et reste tel qu’indiqué ci-dessous.
