# Le choix du logiciel où se tient la comptabilité d’une entreprise.

company-title = Connecter { $bank } à votre logiciel comptable
company-lead = Vos opérations arrivent d’elles-mêmes dans votre comptabilité. Quel logiciel utilisez-vous?
company-legend = Votre logiciel comptable
company-begun = Vos connexions
company-more = Connecter un autre logiciel
company-fault = Veuillez choisir votre logiciel
company-linked = Connecté
company-pending = Inachevé
company-ended = Déconnecté
company-manage = Gérer
company-continue = Continuer
company-again = Reconnecter
company-close = Fermer
company-missing = Je ne trouve pas mon logiciel
company-missing-text = Ce qui ne figure pas ici ne peut pas encore être connecté. Dites à { $bank } quel logiciel vous utilisez. En attendant, la plupart des logiciels savent lire les opérations dans un fichier que { $bank } vous remet.
