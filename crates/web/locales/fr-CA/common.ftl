# Ce qui figure sur chaque page.

bank-unknown = votre institution financière
skip-to-content = Aller au contenu
languages = Langue
help = Des questions? Adressez-vous à { $bank }.
go-on = Continuer
back-to-bank = Retour à { $bank }
copy = Copier
copied = Copié
other-software = Tous les logiciels
