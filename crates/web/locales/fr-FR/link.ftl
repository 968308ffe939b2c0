# Ce que disent les pages de chaque lien.

next = Suivant
cancel = Annuler
finish = Terminer
look-again = Actualiser
keep-as-it-is = Ne rien changer
new-tab = (s’ouvre dans un nouvel onglet)
refreshes-itself = Cette page s’actualise d’elle-même.
stop-refreshing = Ne plus l’actualiser
ended-linked-title = Tout est prêt
ended-linked-text = { $bank } et { $software } sont connectés. Les nouvelles opérations arrivent désormais d’elles-mêmes ; les premières apparaissent dès que { $bank } les a comptabilisées. Vous pouvez fermer cette page.
ended-cancelled-title = Rien n’a été connecté
ended-cancelled-text = Vous avez interrompu la connexion et rien n’a été modifié. Si vous changez d’avis, demandez un nouveau lien à { $bank }.
ended-failed-title = La connexion n’a pas abouti
ended-failed-text = { $bank } et { $software } n’ont pas pu être connectés. Veuillez réessayer ; si le problème persiste, prévenez { $bank }.
