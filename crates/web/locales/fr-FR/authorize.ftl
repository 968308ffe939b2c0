# Le chemin vers un logiciel auquel les opérations sont envoyées, comme Xero.

authorize-title = Connecter { $bank } à { $software }
authorize-lead = Vous vous connectez à { $software }, y choisissez votre organisation et revenez ici. Rien n’est encore partagé.
authorize-ended = { $software } ne laisse plus entrer { $bank }. Reconnectez-vous, et tout reprend là où cela s’était arrêté.
authorize-linked = { $bank } et { $software } sont connectés.
authorize-linked-to = Connecté à { $organisation }.
authorize-who = Qui partage avec qui ?
authorize-who-text = { $bank } envoie à votre organisation dans { $software }.
authorize-what = Qu’est-ce qui est envoyé ?
authorize-what-text = Les opérations portées aux comptes que vous choisissez, avec leurs soldes. Jamais vos identifiants de { $bank }.
authorize-read = Que voit { $bank } dans { $software } ?
authorize-read-text = Le nom de votre organisation et la liste de ses comptes bancaires, pour que vous choisissiez où vont les opérations. Rien d’autre de votre comptabilité.
authorize-how-long = Pour combien de temps ?
authorize-how-long-text = Jusqu’à ce que vous y mettiez fin, ici ou dans { $software }. Ce qui est déjà dans votre comptabilité y reste.
authorize-go = Aller à { $software }
authorize-again = Utiliser un autre compte
authorize-waiting-title = Un instant, s’il vous plaît
authorize-waiting-text = { $bank } communique avec { $software }.
authorize-choose-title = Quelle organisation ?
authorize-choose-text = Vous avez laissé entrer { $bank } dans plusieurs. Choisissez celle dont la comptabilité tient ces comptes.
authorize-choose-legend = Organisation
authorize-failed-title = La connexion n’a pas abouti
authorize-failed-text = { $bank } et { $software } n’ont pas pu être connectés. Rien n’a été modifié ; vous pouvez réessayer.
authorize-failed-words = Ce qui a été répondu :
authorize-retry = Réessayer
